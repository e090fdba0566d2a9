using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Billing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "clinic_bill_exits",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    EncounterId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PatientId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PurposeId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Until = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    GrantedBy = table.Column<Guid>(type: "TEXT", nullable: false),
                    GrantedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    EndedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_bill_exits", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_bill_exits_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_bill_exits_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_insurance_policies",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PatientId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Insurer = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false),
                    Number = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Percent = table.Column<int>(type: "INTEGER", nullable: false),
                    From = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    To = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    RecordedBy = table.Column<Guid>(type: "TEXT", nullable: false),
                    RecordedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_insurance_policies", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_insurance_policies_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_leak_notes",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    EncounterId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PatientId = table.Column<Guid>(type: "TEXT", nullable: false),
                    WorkId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Text = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    WrittenBy = table.Column<Guid>(type: "TEXT", nullable: false),
                    WrittenAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_leak_notes", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_leak_notes_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_leak_notes_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_retainers",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PatientId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    From = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    To = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    RecordedBy = table.Column<Guid>(type: "TEXT", nullable: false),
                    RecordedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_retainers", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_retainers_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_services",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Code = table.Column<string>(type: "TEXT", maxLength: 30, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 160, nullable: false),
                    Department = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Price = table.Column<long>(type: "INTEGER", nullable: false),
                    TaxRate = table.Column<int>(type: "INTEGER", nullable: false),
                    Timing = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    By = table.Column<int>(type: "INTEGER", maxLength: 20, nullable: false),
                    Automatic = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false),
                    ArchivedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    SearchName = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_services", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "clinic_coverages",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    EncounterId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PatientId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PolicyId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Insurer = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false),
                    Number = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Percent = table.Column<int>(type: "INTEGER", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Approved = table.Column<long>(type: "INTEGER", nullable: false),
                    Reference = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    RequestedBy = table.Column<Guid>(type: "TEXT", nullable: false),
                    RequestedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    DecidedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    DecidedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_coverages", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_coverages_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_coverages_clinic_insurance_policies_PolicyId",
                        column: x => x.PolicyId,
                        principalTable: "clinic_insurance_policies",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_coverages_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_bill_exits_EncounterId",
                table: "clinic_bill_exits",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_bill_exits_PatientId",
                table: "clinic_bill_exits",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_coverages_one",
                table: "clinic_coverages",
                column: "EncounterId",
                unique: true,
                filter: "\"State\" <> 'Rejected'");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_coverages_PatientId",
                table: "clinic_coverages",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_coverages_PolicyId",
                table: "clinic_coverages",
                column: "PolicyId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_insurance_policies_PatientId",
                table: "clinic_insurance_policies",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_leak_notes_EncounterId",
                table: "clinic_leak_notes",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_leak_notes_OrganisationId_WorkId",
                table: "clinic_leak_notes",
                columns: new[] { "OrganisationId", "WorkId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_leak_notes_PatientId",
                table: "clinic_leak_notes",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_retainers_PatientId",
                table: "clinic_retainers",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_services_OrganisationId_Department_Code",
                table: "clinic_services",
                columns: new[] { "OrganisationId", "Department", "Code" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_services_OrganisationId_Name",
                table: "clinic_services",
                columns: new[] { "OrganisationId", "Name" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "clinic_bill_exits");

            migrationBuilder.DropTable(
                name: "clinic_coverages");

            migrationBuilder.DropTable(
                name: "clinic_leak_notes");

            migrationBuilder.DropTable(
                name: "clinic_retainers");

            migrationBuilder.DropTable(
                name: "clinic_services");

            migrationBuilder.DropTable(
                name: "clinic_insurance_policies");
        }
    }
}
