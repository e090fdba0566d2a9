using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class PatientParticulars : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Address",
                table: "clinic_patients",
                type: "TEXT",
                maxLength: 300,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "BloodGroup",
                table: "clinic_patients",
                type: "TEXT",
                maxLength: 20,
                nullable: false,
                defaultValue: "Unknown");

            migrationBuilder.AddColumn<string>(
                name: "Email",
                table: "clinic_patients",
                type: "TEXT",
                maxLength: 254,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "EmergencyName",
                table: "clinic_patients",
                type: "TEXT",
                maxLength: 120,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "EmergencyPhone",
                table: "clinic_patients",
                type: "TEXT",
                maxLength: 16,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "EmergencyRelation",
                table: "clinic_patients",
                type: "TEXT",
                maxLength: 60,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "FormerNumbers",
                table: "clinic_patients",
                type: "TEXT",
                maxLength: 160,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<Guid>(
                name: "MergedIntoId",
                table: "clinic_patients",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "NationalId",
                table: "clinic_patients",
                type: "TEXT",
                maxLength: 40,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "NationalKey",
                table: "clinic_patients",
                type: "TEXT",
                maxLength: 120,
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "clinic_care_team",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PatientId = table.Column<Guid>(type: "TEXT", nullable: false),
                    AccountId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Since = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Until = table.Column<DateTime>(type: "TEXT", nullable: true),
                    AddedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_care_team", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_care_team_accounts_accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "accounts_accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_care_team_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_patient_imports",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    FileHash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Rows = table.Column<int>(type: "INTEGER", nullable: false),
                    Done = table.Column<int>(type: "INTEGER", nullable: false),
                    Imported = table.Column<int>(type: "INTEGER", nullable: false),
                    LeftOut = table.Column<int>(type: "INTEGER", nullable: false),
                    StartedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    StartedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_patient_imports", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "clinic_patient_merges",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    KeptPatientId = table.Column<Guid>(type: "TEXT", nullable: false),
                    OtherPatientId = table.Column<Guid>(type: "TEXT", nullable: false),
                    MergedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    MergedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    OtherArchivedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    OtherArchiveReason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    HasRestricted = table.Column<bool>(type: "INTEGER", nullable: false),
                    UndoneAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    UndoneBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    UndoReason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_patient_merges", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_patient_merges_clinic_patients_KeptPatientId",
                        column: x => x.KeptPatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_patient_merges_clinic_patients_OtherPatientId",
                        column: x => x.OtherPatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_merged_fields",
                columns: table => new
                {
                    MergeId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Field = table.Column<string>(type: "TEXT", maxLength: 30, nullable: false),
                    Before = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    After = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_merged_fields", x => new { x.MergeId, x.Field });
                    table.ForeignKey(
                        name: "FK_clinic_merged_fields_clinic_patient_merges_MergeId",
                        column: x => x.MergeId,
                        principalTable: "clinic_patient_merges",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_merged_rows",
                columns: table => new
                {
                    MergeId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Table = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    RowId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Change = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_merged_rows", x => new { x.MergeId, x.Table, x.RowId, x.Change });
                    table.ForeignKey(
                        name: "FK_clinic_merged_rows_clinic_patient_merges_MergeId",
                        column: x => x.MergeId,
                        principalTable: "clinic_patient_merges",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_patients_OrganisationId_Email",
                table: "clinic_patients",
                columns: new[] { "OrganisationId", "Email" },
                filter: "\"Email\" <> ''");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_patients_OrganisationId_NationalKey",
                table: "clinic_patients",
                columns: new[] { "OrganisationId", "NationalKey" },
                unique: true,
                filter: "\"NationalKey\" <> '' AND \"MergedIntoId\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_care_team_AccountId_Until",
                table: "clinic_care_team",
                columns: new[] { "AccountId", "Until" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_care_team_PatientId_AccountId_Until",
                table: "clinic_care_team",
                columns: new[] { "PatientId", "AccountId", "Until" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_patient_imports_OrganisationId_FileHash",
                table: "clinic_patient_imports",
                columns: new[] { "OrganisationId", "FileHash" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_patient_merges_KeptPatientId",
                table: "clinic_patient_merges",
                column: "KeptPatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_patient_merges_OtherPatientId",
                table: "clinic_patient_merges",
                column: "OtherPatientId",
                unique: true,
                filter: "\"UndoneAt\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "clinic_care_team");

            migrationBuilder.DropTable(
                name: "clinic_merged_fields");

            migrationBuilder.DropTable(
                name: "clinic_merged_rows");

            migrationBuilder.DropTable(
                name: "clinic_patient_imports");

            migrationBuilder.DropTable(
                name: "clinic_patient_merges");

            migrationBuilder.DropIndex(
                name: "IX_clinic_patients_OrganisationId_Email",
                table: "clinic_patients");

            migrationBuilder.DropIndex(
                name: "IX_clinic_patients_OrganisationId_NationalKey",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "Address",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "BloodGroup",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "Email",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "EmergencyName",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "EmergencyPhone",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "EmergencyRelation",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "FormerNumbers",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "MergedIntoId",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "NationalId",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "NationalKey",
                table: "clinic_patients");
        }
    }
}
