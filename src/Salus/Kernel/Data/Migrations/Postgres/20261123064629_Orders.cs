using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Orders : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_clinic_orders_OrganisationId_Kind_State_OrderedAt",
                table: "clinic_orders");

            migrationBuilder.DropIndex(
                name: "IX_clinic_catalogue_OrganisationId_Kind_Name",
                table: "clinic_catalogue");

            migrationBuilder.AddColumn<string>(
                name: "SearchName",
                table: "clinic_catalogue",
                type: "character varying(800)",
                maxLength: 800,
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "clinic_codes",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    System = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    Code = table.Column<string>(type: "character varying(12)", maxLength: 12, nullable: false),
                    Text = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    ArchivedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    SearchText = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    SearchKey = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_codes", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "clinic_referrals",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Specialty = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    Recipient = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Urgency = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Reason = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    Summary = table.Column<string>(type: "text", nullable: false),
                    ReferredBy = table.Column<Guid>(type: "uuid", nullable: false),
                    ReferredAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ChangedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    ChangedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    EndReason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_referrals", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_referrals_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_referrals_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_templates",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    OwnerId = table.Column<Guid>(type: "uuid", nullable: true),
                    Name = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    History = table.Column<string>(type: "text", nullable: false),
                    Examination = table.Column<string>(type: "text", nullable: false),
                    Assessment = table.Column<string>(type: "text", nullable: false),
                    Plan = table.Column<string>(type: "text", nullable: false),
                    Uses = table.Column<int>(type: "integer", nullable: false),
                    ArchivedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_templates", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_orders_OrganisationId_Kind_State_Id",
                table: "clinic_orders",
                columns: new[] { "OrganisationId", "Kind", "State", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_codes_OrganisationId_Code_System",
                table: "clinic_codes",
                columns: new[] { "OrganisationId", "Code", "System" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_codes_OrganisationId_System_Code",
                table: "clinic_codes",
                columns: new[] { "OrganisationId", "System", "Code" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_codes_SearchKey",
                table: "clinic_codes",
                column: "SearchKey",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_referrals_EncounterId",
                table: "clinic_referrals",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_referrals_PatientId",
                table: "clinic_referrals",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_templates_OrganisationId_OwnerId",
                table: "clinic_templates",
                columns: new[] { "OrganisationId", "OwnerId" });
            HandWritten.SearchPostgres(migrationBuilder, "clinic_codes");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "clinic_codes");

            migrationBuilder.DropTable(
                name: "clinic_referrals");

            migrationBuilder.DropTable(
                name: "clinic_templates");

            migrationBuilder.DropIndex(
                name: "IX_clinic_orders_OrganisationId_Kind_State_Id",
                table: "clinic_orders");

            migrationBuilder.DropColumn(
                name: "SearchName",
                table: "clinic_catalogue");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_orders_OrganisationId_Kind_State_OrderedAt",
                table: "clinic_orders",
                columns: new[] { "OrganisationId", "Kind", "State", "OrderedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_catalogue_OrganisationId_Kind_Name",
                table: "clinic_catalogue",
                columns: new[] { "OrganisationId", "Kind", "Name" });
        }
    }
}
