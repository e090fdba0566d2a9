using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Claims : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "clinic_claims",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    CoverageId = table.Column<Guid>(type: "uuid", nullable: false),
                    Number = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Insurer = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    InsurerKey = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    PolicyNumber = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    VisitDay = table.Column<DateOnly>(type: "date", nullable: false),
                    Currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Amount = table.Column<long>(type: "bigint", nullable: false),
                    Approved = table.Column<long>(type: "bigint", nullable: false),
                    SubmittedOn = table.Column<DateOnly>(type: "date", nullable: true),
                    SubmittedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    SubmissionReference = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    AnsweredOn = table.Column<DateOnly>(type: "date", nullable: true),
                    AnsweredBy = table.Column<Guid>(type: "uuid", nullable: true),
                    AnswerReference = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    Reason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    PaidOn = table.Column<DateOnly>(type: "date", nullable: true),
                    PaidBy = table.Column<Guid>(type: "uuid", nullable: true),
                    PaymentReference = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    CreatedBy = table.Column<Guid>(type: "uuid", nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_claims", x => x.Id);
                    table.CheckConstraint("CK_clinic_claims_sums", "\"Amount\" >= 0 AND \"Approved\" >= 0 AND \"Approved\" <= \"Amount\"");
                    table.ForeignKey(
                        name: "FK_clinic_claims_clinic_coverages_CoverageId",
                        column: x => x.CoverageId,
                        principalTable: "clinic_coverages",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_claims_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_claims_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_claim_lines",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    ClaimId = table.Column<Guid>(type: "uuid", nullable: false),
                    ChargeId = table.Column<Guid>(type: "uuid", nullable: false),
                    Position = table.Column<int>(type: "integer", nullable: false),
                    Code = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    Title = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Total = table.Column<long>(type: "bigint", nullable: false),
                    Amount = table.Column<long>(type: "bigint", nullable: false),
                    Approved = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_claim_lines", x => x.Id);
                    table.CheckConstraint("CK_clinic_claim_lines_sums", "\"Amount\" > 0 AND \"Approved\" >= 0 AND \"Approved\" <= \"Amount\"");
                    table.ForeignKey(
                        name: "FK_clinic_claim_lines_clinic_claims_ClaimId",
                        column: x => x.ClaimId,
                        principalTable: "clinic_claims",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_payments_entries_insurers",
                table: "payments_entries",
                column: "OrganisationId",
                filter: "\"Account\" = 'Insurance'");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_patients_restricted",
                table: "clinic_patients",
                columns: new[] { "OrganisationId", "Id" },
                filter: "\"RestrictedAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_claim_lines_ClaimId_Position",
                table: "clinic_claim_lines",
                columns: new[] { "ClaimId", "Position" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_claims_CoverageId",
                table: "clinic_claims",
                column: "CoverageId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_claims_EncounterId",
                table: "clinic_claims",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_claims_OrganisationId_Id",
                table: "clinic_claims",
                columns: new[] { "OrganisationId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_claims_OrganisationId_InsurerKey_Id",
                table: "clinic_claims",
                columns: new[] { "OrganisationId", "InsurerKey", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_claims_OrganisationId_Number",
                table: "clinic_claims",
                columns: new[] { "OrganisationId", "Number" },
                unique: true,
                filter: "\"Number\" <> ''");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_claims_OrganisationId_State_Id",
                table: "clinic_claims",
                columns: new[] { "OrganisationId", "State", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_claims_PatientId",
                table: "clinic_claims",
                column: "PatientId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "clinic_claim_lines");

            migrationBuilder.DropTable(
                name: "clinic_claims");

            migrationBuilder.DropIndex(
                name: "IX_payments_entries_insurers",
                table: "payments_entries");

            migrationBuilder.DropIndex(
                name: "IX_clinic_patients_restricted",
                table: "clinic_patients");
        }
    }
}
