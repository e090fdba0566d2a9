using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class AuditSubjects : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Subjects",
                table: "kernel_audit_events",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "kernel_audit_subjects",
                columns: table => new
                {
                    SubjectId = table.Column<Guid>(type: "uuid", nullable: false),
                    Seq = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_kernel_audit_subjects", x => new { x.SubjectId, x.Seq });
                });

            migrationBuilder.CreateIndex(
                name: "IX_kernel_audit_events_VisitId_Seq",
                table: "kernel_audit_events",
                columns: new[] { "VisitId", "Seq" },
                filter: "\"VisitId\" IS NOT NULL AND (\"VisitId\" <> \"SubjectId\" OR \"SubjectId\" IS NULL)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "kernel_audit_subjects");

            migrationBuilder.DropIndex(
                name: "IX_kernel_audit_events_VisitId_Seq",
                table: "kernel_audit_events");

            migrationBuilder.DropColumn(
                name: "Subjects",
                table: "kernel_audit_events");
        }
    }
}
