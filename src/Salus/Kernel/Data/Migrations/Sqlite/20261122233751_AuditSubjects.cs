using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Sqlite
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
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            HandWritten.AuditSubjectsSqlite(migrationBuilder);

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
