using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Pharmacy : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "RepeatOfId",
                table: "clinic_prescriptions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "StopReason",
                table: "clinic_prescriptions",
                type: "TEXT",
                maxLength: 200,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<DateTime>(
                name: "StoppedAt",
                table: "clinic_prescriptions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "StoppedBy",
                table: "clinic_prescriptions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "clinic_administrations",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    EncounterId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PatientId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PrescriptionId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Drug = table.Column<string>(type: "TEXT", maxLength: 160, nullable: false),
                    Dose = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Route = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Outcome = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    GivenAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    GivenBy = table.Column<Guid>(type: "TEXT", nullable: false),
                    RecordedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_administrations", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_administrations_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_administrations_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_administrations_clinic_prescriptions_PrescriptionId",
                        column: x => x.PrescriptionId,
                        principalTable: "clinic_prescriptions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_dispenses",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    EncounterId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PatientId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PrescriptionId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Quantity = table.Column<int>(type: "INTEGER", nullable: false),
                    IsFromStock = table.Column<bool>(type: "INTEGER", nullable: false),
                    Notes = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    DispensedBy = table.Column<Guid>(type: "TEXT", nullable: false),
                    DispensedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_dispenses", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_dispenses_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_dispenses_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_dispenses_clinic_prescriptions_PrescriptionId",
                        column: x => x.PrescriptionId,
                        principalTable: "clinic_prescriptions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_drugs",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 160, nullable: false),
                    Folded = table.Column<string>(type: "TEXT", maxLength: 480, nullable: false),
                    Code = table.Column<string>(type: "TEXT", maxLength: 30, nullable: false),
                    Atc = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    Class = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false),
                    Ingredients = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    Form = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Strength = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Unit = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    ReorderLevel = table.Column<int>(type: "INTEGER", nullable: false),
                    ArchivedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    StockAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    SearchText = table.Column<string>(type: "TEXT", maxLength: 2400, nullable: false),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_drugs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "clinic_interaction_rules",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ASide = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    A = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false),
                    AKey = table.Column<string>(type: "TEXT", maxLength: 360, nullable: false),
                    BSide = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    B = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false),
                    BKey = table.Column<string>(type: "TEXT", maxLength: 360, nullable: false),
                    Severity = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Text = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_interaction_rules", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "clinic_prescription_findings",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PrescriptionId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    About = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Detail = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    Severity = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    Because = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    NeedsReason = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_prescription_findings", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_prescription_findings_clinic_prescriptions_PrescriptionId",
                        column: x => x.PrescriptionId,
                        principalTable: "clinic_prescriptions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_reported_medicines",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PatientId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Text = table.Column<string>(type: "TEXT", maxLength: 160, nullable: false),
                    Since = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    StoppedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    StoppedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    RecordedBy = table.Column<Guid>(type: "TEXT", nullable: false),
                    RecordedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_reported_medicines", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_reported_medicines_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_batches",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    DrugId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Folded = table.Column<string>(type: "TEXT", maxLength: 180, nullable: false),
                    Expiry = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    Quantity = table.Column<int>(type: "INTEGER", nullable: false),
                    Location = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_batches", x => x.Id);
                    table.CheckConstraint("CK_clinic_batches_Quantity", "\"Quantity\" >= 0");
                    table.ForeignKey(
                        name: "FK_clinic_batches_clinic_drugs_DrugId",
                        column: x => x.DrugId,
                        principalTable: "clinic_drugs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_dispense_lines",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    DispenseId = table.Column<Guid>(type: "TEXT", nullable: false),
                    BatchId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Quantity = table.Column<int>(type: "INTEGER", nullable: false),
                    Returned = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_dispense_lines", x => x.Id);
                    table.CheckConstraint("CK_clinic_dispense_lines_Returned", "\"Quantity\" > 0 AND \"Returned\" >= 0 AND \"Returned\" <= \"Quantity\"");
                    table.ForeignKey(
                        name: "FK_clinic_dispense_lines_clinic_batches_BatchId",
                        column: x => x.BatchId,
                        principalTable: "clinic_batches",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_dispense_lines_clinic_dispenses_DispenseId",
                        column: x => x.DispenseId,
                        principalTable: "clinic_dispenses",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_stock_movements",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    DrugId = table.Column<Guid>(type: "TEXT", nullable: false),
                    BatchId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Quantity = table.Column<int>(type: "INTEGER", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    By = table.Column<Guid>(type: "TEXT", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    PrescriptionId = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_stock_movements", x => x.Id);
                    table.CheckConstraint("CK_clinic_stock_movements_Quantity", "(\"Kind\" IN ('In', 'Returned') AND \"Quantity\" > 0) OR (\"Kind\" IN ('Out', 'Dispensed', 'Expired', 'Damaged') AND \"Quantity\" < 0) OR (\"Kind\" = 'Adjustment' AND \"Quantity\" <> 0)");
                    table.ForeignKey(
                        name: "FK_clinic_stock_movements_clinic_batches_BatchId",
                        column: x => x.BatchId,
                        principalTable: "clinic_batches",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_stock_movements_clinic_drugs_DrugId",
                        column: x => x.DrugId,
                        principalTable: "clinic_drugs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_stock_movements_clinic_prescriptions_PrescriptionId",
                        column: x => x.PrescriptionId,
                        principalTable: "clinic_prescriptions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_prescriptions_DrugId",
                table: "clinic_prescriptions",
                column: "DrugId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_prescriptions_RepeatOfId",
                table: "clinic_prescriptions",
                column: "RepeatOfId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_administrations_EncounterId",
                table: "clinic_administrations",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_administrations_PatientId",
                table: "clinic_administrations",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_administrations_PrescriptionId",
                table: "clinic_administrations",
                column: "PrescriptionId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_batches_DrugId_Folded",
                table: "clinic_batches",
                columns: new[] { "DrugId", "Folded" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_batches_OrganisationId_Expiry",
                table: "clinic_batches",
                columns: new[] { "OrganisationId", "Expiry" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_dispense_lines_BatchId",
                table: "clinic_dispense_lines",
                column: "BatchId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_dispense_lines_DispenseId",
                table: "clinic_dispense_lines",
                column: "DispenseId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_dispenses_EncounterId",
                table: "clinic_dispenses",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_dispenses_OrganisationId_Id",
                table: "clinic_dispenses",
                columns: new[] { "OrganisationId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_dispenses_PatientId",
                table: "clinic_dispenses",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_dispenses_PrescriptionId",
                table: "clinic_dispenses",
                column: "PrescriptionId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_drugs_OrganisationId_Code",
                table: "clinic_drugs",
                columns: new[] { "OrganisationId", "Code" },
                unique: true,
                filter: "\"Code\" <> ''");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_drugs_OrganisationId_Folded",
                table: "clinic_drugs",
                columns: new[] { "OrganisationId", "Folded" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_interaction_rules_OrganisationId_AKey_ASide_BKey_BSide",
                table: "clinic_interaction_rules",
                columns: new[] { "OrganisationId", "AKey", "ASide", "BKey", "BSide" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_interaction_rules_OrganisationId_BKey",
                table: "clinic_interaction_rules",
                columns: new[] { "OrganisationId", "BKey" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_prescription_findings_PrescriptionId",
                table: "clinic_prescription_findings",
                column: "PrescriptionId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_reported_medicines_PatientId_StoppedAt",
                table: "clinic_reported_medicines",
                columns: new[] { "PatientId", "StoppedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_stock_movements_BatchId",
                table: "clinic_stock_movements",
                column: "BatchId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_stock_movements_DrugId_Id",
                table: "clinic_stock_movements",
                columns: new[] { "DrugId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_stock_movements_PrescriptionId",
                table: "clinic_stock_movements",
                column: "PrescriptionId");

            migrationBuilder.AddForeignKey(
                name: "FK_clinic_prescriptions_clinic_drugs_DrugId",
                table: "clinic_prescriptions",
                column: "DrugId",
                principalTable: "clinic_drugs",
                principalColumn: "Id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "FK_clinic_prescriptions_clinic_prescriptions_RepeatOfId",
                table: "clinic_prescriptions",
                column: "RepeatOfId",
                principalTable: "clinic_prescriptions",
                principalColumn: "Id",
                onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_clinic_prescriptions_clinic_drugs_DrugId",
                table: "clinic_prescriptions");

            migrationBuilder.DropForeignKey(
                name: "FK_clinic_prescriptions_clinic_prescriptions_RepeatOfId",
                table: "clinic_prescriptions");

            migrationBuilder.DropTable(
                name: "clinic_administrations");

            migrationBuilder.DropTable(
                name: "clinic_dispense_lines");

            migrationBuilder.DropTable(
                name: "clinic_interaction_rules");

            migrationBuilder.DropTable(
                name: "clinic_prescription_findings");

            migrationBuilder.DropTable(
                name: "clinic_reported_medicines");

            migrationBuilder.DropTable(
                name: "clinic_stock_movements");

            migrationBuilder.DropTable(
                name: "clinic_dispenses");

            migrationBuilder.DropTable(
                name: "clinic_batches");

            migrationBuilder.DropTable(
                name: "clinic_drugs");

            migrationBuilder.DropIndex(
                name: "IX_clinic_prescriptions_DrugId",
                table: "clinic_prescriptions");

            migrationBuilder.DropIndex(
                name: "IX_clinic_prescriptions_RepeatOfId",
                table: "clinic_prescriptions");

            migrationBuilder.DropColumn(
                name: "RepeatOfId",
                table: "clinic_prescriptions");

            migrationBuilder.DropColumn(
                name: "StopReason",
                table: "clinic_prescriptions");

            migrationBuilder.DropColumn(
                name: "StoppedAt",
                table: "clinic_prescriptions");

            migrationBuilder.DropColumn(
                name: "StoppedBy",
                table: "clinic_prescriptions");
        }
    }
}
