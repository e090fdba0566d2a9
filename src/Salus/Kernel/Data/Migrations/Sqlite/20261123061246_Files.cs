using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Files : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "files_files",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Place = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    SubjectKind = table.Column<string>(type: "TEXT", maxLength: 30, nullable: false),
                    SubjectId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false),
                    Type = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    SealedBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    SealedSha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Key = table.Column<string>(type: "TEXT", maxLength: 160, nullable: false),
                    Width = table.Column<int>(type: "INTEGER", nullable: true),
                    Height = table.Column<int>(type: "INTEGER", nullable: true),
                    ScanState = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    ScanDetail = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    ScannedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Store = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    StoreState = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    StoreFault = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    RemoteId = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    RemoteLink = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    WorkAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Tries = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    CreatedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    DeletedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    DeletedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    DeletedReason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    ErasedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    LegalHold = table.Column<bool>(type: "INTEGER", nullable: false),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_files_files", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "files_store_choices",
                columns: table => new
                {
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Place = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Store = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_files_store_choices", x => new { x.OrganisationId, x.Place });
                });

            migrationBuilder.CreateTable(
                name: "files_previews",
                columns: table => new
                {
                    FileId = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Sealed = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_files_previews", x => x.FileId);
                    table.ForeignKey(
                        name: "FK_files_previews_files_files_FileId",
                        column: x => x.FileId,
                        principalTable: "files_files",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_files_files_DeletedAt",
                table: "files_files",
                column: "DeletedAt",
                filter: "\"DeletedAt\" IS NOT NULL AND \"ErasedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_files_files_OrganisationId_Id",
                table: "files_files",
                columns: new[] { "OrganisationId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_files_files_OrganisationId_SubjectKind_SubjectId",
                table: "files_files",
                columns: new[] { "OrganisationId", "SubjectKind", "SubjectId" });

            migrationBuilder.CreateIndex(
                name: "IX_files_files_WorkAt",
                table: "files_files",
                column: "WorkAt",
                filter: "\"WorkAt\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "files_previews");

            migrationBuilder.DropTable(
                name: "files_store_choices");

            migrationBuilder.DropTable(
                name: "files_files");
        }
    }
}
