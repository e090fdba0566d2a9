using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Wards : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "clinic_admissions",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    EncounterId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PatientId = table.Column<Guid>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    DiagnosisCode = table.Column<string>(type: "TEXT", maxLength: 12, nullable: false),
                    Diagnosis = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    ExpectedDays = table.Column<int>(type: "INTEGER", nullable: true),
                    AdmittedBy = table.Column<Guid>(type: "TEXT", nullable: false),
                    AdmittedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    DischargedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    DischargedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Disposition = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    Note = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: false),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_admissions", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_admissions_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_admissions_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_wards",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    ArchivedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_wards", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "clinic_beds",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    WardId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Label = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Since = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    ArchivedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    HeldAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_beds", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_beds_clinic_wards_WardId",
                        column: x => x.WardId,
                        principalTable: "clinic_wards",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_bed_moves",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    BedId = table.Column<Guid>(type: "TEXT", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Action = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    ActorId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    AdmissionId = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_bed_moves", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_bed_moves_clinic_admissions_AdmissionId",
                        column: x => x.AdmissionId,
                        principalTable: "clinic_admissions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_bed_moves_clinic_beds_BedId",
                        column: x => x.BedId,
                        principalTable: "clinic_beds",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_bed_stays",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    EncounterId = table.Column<Guid>(type: "TEXT", nullable: false),
                    AdmissionId = table.Column<Guid>(type: "TEXT", nullable: false),
                    BedId = table.Column<Guid>(type: "TEXT", nullable: false),
                    From = table.Column<DateTime>(type: "TEXT", nullable: false),
                    To = table.Column<DateTime>(type: "TEXT", nullable: true),
                    By = table.Column<Guid>(type: "TEXT", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_bed_stays", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_bed_stays_clinic_admissions_AdmissionId",
                        column: x => x.AdmissionId,
                        principalTable: "clinic_admissions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_bed_stays_clinic_beds_BedId",
                        column: x => x.BedId,
                        principalTable: "clinic_beds",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_bed_stays_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_admissions_EncounterId",
                table: "clinic_admissions",
                column: "EncounterId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_admissions_one_at_a_time",
                table: "clinic_admissions",
                column: "PatientId",
                unique: true,
                filter: "\"State\" = 'Admitted'");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_admissions_PatientId",
                table: "clinic_admissions",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_bed_moves_AdmissionId",
                table: "clinic_bed_moves",
                column: "AdmissionId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_bed_moves_BedId_Id",
                table: "clinic_bed_moves",
                columns: new[] { "BedId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_bed_stays_AdmissionId",
                table: "clinic_bed_stays",
                column: "AdmissionId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_bed_stays_BedId",
                table: "clinic_bed_stays",
                column: "BedId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_bed_stays_EncounterId",
                table: "clinic_bed_stays",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_bed_stays_one_bed",
                table: "clinic_bed_stays",
                column: "AdmissionId",
                unique: true,
                filter: "\"To\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_bed_stays_one_in_a_bed",
                table: "clinic_bed_stays",
                column: "BedId",
                unique: true,
                filter: "\"To\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_beds_WardId_Label",
                table: "clinic_beds",
                columns: new[] { "WardId", "Label" },
                unique: true,
                filter: "\"ArchivedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_wards_OrganisationId_Name",
                table: "clinic_wards",
                columns: new[] { "OrganisationId", "Name" },
                unique: true,
                filter: "\"ArchivedAt\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "clinic_bed_moves");

            migrationBuilder.DropTable(
                name: "clinic_bed_stays");

            migrationBuilder.DropTable(
                name: "clinic_admissions");

            migrationBuilder.DropTable(
                name: "clinic_beds");

            migrationBuilder.DropTable(
                name: "clinic_wards");
        }
    }
}
