using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class RolesAndKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "SupportRole",
                table: "organisations_organisations",
                type: "character varying(40)",
                maxLength: 40,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<DateTime>(
                name: "SupportUntil",
                table: "organisations_organisations",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "ActualActorId",
                table: "kernel_audit_events",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ActualRole",
                table: "kernel_audit_events",
                type: "character varying(200)",
                maxLength: 200,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "RestrictReason",
                table: "clinic_patients",
                type: "character varying(200)",
                maxLength: 200,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<DateTime>(
                name: "RestrictedAt",
                table: "clinic_patients",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "IsPlatformSupport",
                table: "accounts_accounts",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "clinic_emergency_access",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    AccountId = table.Column<Guid>(type: "uuid", nullable: false),
                    Reason = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    EndsAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_emergency_access", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_emergency_access_accounts_accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "accounts_accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_emergency_access_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "organisations_acting_sessions",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    SessionId = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Role = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    EndsAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_organisations_acting_sessions", x => x.Id);
                    table.ForeignKey(
                        name: "FK_organisations_acting_sessions_accounts_sessions_SessionId",
                        column: x => x.SessionId,
                        principalTable: "accounts_sessions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_organisations_acting_sessions_organisations_organisations_O~",
                        column: x => x.OrganisationId,
                        principalTable: "organisations_organisations",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "organisations_api_keys",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    Permissions = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: false),
                    SecretHash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    CreatedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ExpiresAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    LastUsedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    RevokedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_organisations_api_keys", x => x.Id);
                    table.ForeignKey(
                        name: "FK_organisations_api_keys_organisations_organisations_Organisa~",
                        column: x => x.OrganisationId,
                        principalTable: "organisations_organisations",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "organisations_roles",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    Key = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Title = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    Permissions = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_organisations_roles", x => x.Id);
                    table.ForeignKey(
                        name: "FK_organisations_roles_organisations_organisations_Organisatio~",
                        column: x => x.OrganisationId,
                        principalTable: "organisations_organisations",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_emergency_access_AccountId",
                table: "clinic_emergency_access",
                column: "AccountId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_emergency_access_OrganisationId_StartedAt",
                table: "clinic_emergency_access",
                columns: new[] { "OrganisationId", "StartedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_emergency_access_PatientId_AccountId_EndsAt",
                table: "clinic_emergency_access",
                columns: new[] { "PatientId", "AccountId", "EndsAt" });

            migrationBuilder.CreateIndex(
                name: "IX_organisations_acting_sessions_OrganisationId",
                table: "organisations_acting_sessions",
                column: "OrganisationId");

            migrationBuilder.CreateIndex(
                name: "IX_organisations_acting_sessions_SessionId_EndsAt",
                table: "organisations_acting_sessions",
                columns: new[] { "SessionId", "EndsAt" });

            migrationBuilder.CreateIndex(
                name: "IX_organisations_api_keys_OrganisationId_CreatedAt",
                table: "organisations_api_keys",
                columns: new[] { "OrganisationId", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_organisations_api_keys_SecretHash",
                table: "organisations_api_keys",
                column: "SecretHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_organisations_roles_OrganisationId_Key",
                table: "organisations_roles",
                columns: new[] { "OrganisationId", "Key" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "clinic_emergency_access");

            migrationBuilder.DropTable(
                name: "organisations_acting_sessions");

            migrationBuilder.DropTable(
                name: "organisations_api_keys");

            migrationBuilder.DropTable(
                name: "organisations_roles");

            migrationBuilder.DropColumn(
                name: "SupportRole",
                table: "organisations_organisations");

            migrationBuilder.DropColumn(
                name: "SupportUntil",
                table: "organisations_organisations");

            migrationBuilder.DropColumn(
                name: "ActualActorId",
                table: "kernel_audit_events");

            migrationBuilder.DropColumn(
                name: "ActualRole",
                table: "kernel_audit_events");

            migrationBuilder.DropColumn(
                name: "RestrictReason",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "RestrictedAt",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "IsPlatformSupport",
                table: "accounts_accounts");
        }
    }
}
