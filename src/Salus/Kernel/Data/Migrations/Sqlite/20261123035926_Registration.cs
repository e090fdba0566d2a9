using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Registration : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Bio",
                table: "accounts_accounts",
                type: "TEXT",
                maxLength: 500,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<bool>(
                name: "SkipsDeviceMail",
                table: "accounts_accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "accounts_pictures",
                columns: table => new
                {
                    AccountId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Type = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Bytes = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_accounts_pictures", x => x.AccountId);
                    table.ForeignKey(
                        name: "FK_accounts_pictures_accounts_accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "accounts_accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "accounts_verifications",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    AccountId = table.Column<Guid>(type: "TEXT", nullable: false),
                    SecretHash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    UsedAt = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_accounts_verifications", x => x.Id);
                    table.ForeignKey(
                        name: "FK_accounts_verifications_accounts_accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "accounts_accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_accounts_verifications_AccountId_CreatedAt",
                table: "accounts_verifications",
                columns: new[] { "AccountId", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_accounts_verifications_SecretHash",
                table: "accounts_verifications",
                column: "SecretHash");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "accounts_pictures");

            migrationBuilder.DropTable(
                name: "accounts_verifications");

            migrationBuilder.DropColumn(
                name: "Bio",
                table: "accounts_accounts");

            migrationBuilder.DropColumn(
                name: "SkipsDeviceMail",
                table: "accounts_accounts");
        }
    }
}
