using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Money : Migration
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
                name: "payments_charges",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PayerKind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PayerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PayerName = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    PayerNumber = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    SearchText = table.Column<string>(type: "TEXT", maxLength: 700, nullable: false),
                    PurposeKind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    PurposeId = table.Column<Guid>(type: "TEXT", nullable: false),
                    GroupId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Title = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    Net = table.Column<long>(type: "INTEGER", nullable: false),
                    Tax = table.Column<long>(type: "INTEGER", nullable: false),
                    Total = table.Column<long>(type: "INTEGER", nullable: false),
                    Paid = table.Column<long>(type: "INTEGER", nullable: false),
                    Credited = table.Column<long>(type: "INTEGER", nullable: false),
                    Rank = table.Column<int>(type: "INTEGER", nullable: false),
                    TaxIncluded = table.Column<bool>(type: "INTEGER", nullable: false),
                    ChargedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    DueOn = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    ChargedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    InvoiceId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Key = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_charges", x => x.Id);
                    table.CheckConstraint("CK_payments_charges_sums", "\"Paid\" >= 0 AND \"Credited\" >= 0 AND \"Paid\" + \"Credited\" <= \"Total\" AND \"Net\" + \"Tax\" = \"Total\"");
                });

            migrationBuilder.CreateTable(
                name: "payments_checkouts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Method = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PayerKind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PayerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PayerName = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    PayerNumber = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    InvoiceId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    Amount = table.Column<long>(type: "INTEGER", nullable: false),
                    ProviderId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    ProviderPayment = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Url = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    Phone = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    LookAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Looks = table.Column<int>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    CameLate = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_checkouts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "payments_day_closes",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    By = table.Column<Guid>(type: "TEXT", nullable: true),
                    Note = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_day_closes", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "payments_drawers",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    OwnerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    AtOpening = table.Column<long>(type: "INTEGER", nullable: false),
                    OpenedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    UsedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ClosedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    ClosedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    Expected = table.Column<long>(type: "INTEGER", nullable: false),
                    Counted = table.Column<long>(type: "INTEGER", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    ClosedOn = table.Column<DateOnly>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_drawers", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "payments_invoices",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PayerKind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PayerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PayerName = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    PayerNumber = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    SearchText = table.Column<string>(type: "TEXT", maxLength: 700, nullable: false),
                    Number = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    Net = table.Column<long>(type: "INTEGER", nullable: false),
                    Tax = table.Column<long>(type: "INTEGER", nullable: false),
                    Total = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    CreatedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    IssuedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    IssuedOn = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    DueOn = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    VoidedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    VoidReason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_invoices", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "payments_notices",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Method = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    EventId = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_notices", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "payments_payments",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Method = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PayerKind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PayerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PayerName = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    PayerNumber = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    SearchText = table.Column<string>(type: "TEXT", maxLength: 700, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    Amount = table.Column<long>(type: "INTEGER", nullable: false),
                    Refunded = table.Column<long>(type: "INTEGER", nullable: false),
                    Tendered = table.Column<long>(type: "INTEGER", nullable: false),
                    Reference = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Number = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    DrawerId = table.Column<Guid>(type: "TEXT", nullable: true),
                    WalletId = table.Column<Guid>(type: "TEXT", nullable: true),
                    CheckoutId = table.Column<Guid>(type: "TEXT", nullable: true),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    By = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_payments", x => x.Id);
                    table.CheckConstraint("CK_payments_payments_sums", "\"Amount\" > 0 AND \"Refunded\" >= 0 AND \"Refunded\" <= \"Amount\"");
                });

            migrationBuilder.CreateTable(
                name: "payments_proofs",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Entries = table.Column<long>(type: "INTEGER", nullable: false),
                    Payments = table.Column<long>(type: "INTEGER", nullable: false),
                    Faults = table.Column<int>(type: "INTEGER", nullable: false),
                    Milliseconds = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_proofs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "payments_reports",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Method = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    From = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    To = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    Lines = table.Column<int>(type: "INTEGER", nullable: false),
                    Differences = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    By = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_reports", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "payments_settings",
                columns: table => new
                {
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    TaxIncluded = table.Column<bool>(type: "INTEGER", nullable: false),
                    LegalName = table.Column<string>(type: "TEXT", maxLength: 160, nullable: false),
                    Address = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    TaxNumber = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    BankName = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Iban = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Bic = table.Column<string>(type: "TEXT", maxLength: 11, nullable: false),
                    InvoiceNote = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    DueDays = table.Column<int>(type: "INTEGER", nullable: false),
                    OnlinePayments = table.Column<bool>(type: "INTEGER", nullable: false),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_settings", x => x.OrganisationId);
                    table.ForeignKey(
                        name: "FK_payments_settings_organisations_organisations_OrganisationId",
                        column: x => x.OrganisationId,
                        principalTable: "organisations_organisations",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "payments_statements",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PayerKind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PayerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PayerName = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    PayerNumber = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Number = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    From = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    To = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    By = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_statements", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "payments_transactions",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    CauseKind = table.Column<string>(type: "TEXT", maxLength: 30, nullable: false),
                    CauseId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Purpose = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    By = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_transactions", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "payments_wallets",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PayerKind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PayerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    Balance = table.Column<long>(type: "INTEGER", nullable: false),
                    Held = table.Column<long>(type: "INTEGER", nullable: false),
                    Key = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_wallets", x => x.Id);
                    table.CheckConstraint("CK_payments_wallets_sums", "\"Balance\" >= 0 AND \"Held\" >= 0");
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

            migrationBuilder.CreateTable(
                name: "payments_charge_lines",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ChargeId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Position = table.Column<int>(type: "INTEGER", nullable: false),
                    Code = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Description = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    UnitPrice = table.Column<long>(type: "INTEGER", nullable: false),
                    Quantity = table.Column<long>(type: "INTEGER", nullable: false),
                    Discount = table.Column<long>(type: "INTEGER", nullable: false),
                    TaxRate = table.Column<int>(type: "INTEGER", nullable: false),
                    Net = table.Column<long>(type: "INTEGER", nullable: false),
                    Tax = table.Column<long>(type: "INTEGER", nullable: false),
                    Total = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_charge_lines", x => x.Id);
                    table.ForeignKey(
                        name: "FK_payments_charge_lines_payments_charges_ChargeId",
                        column: x => x.ChargeId,
                        principalTable: "payments_charges",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "payments_credit_notes",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ChargeId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PayerKind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PayerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Number = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    Amount = table.Column<long>(type: "INTEGER", nullable: false),
                    Tax = table.Column<long>(type: "INTEGER", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    By = table.Column<Guid>(type: "TEXT", nullable: true),
                    RefundId = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_credit_notes", x => x.Id);
                    table.ForeignKey(
                        name: "FK_payments_credit_notes_payments_charges_ChargeId",
                        column: x => x.ChargeId,
                        principalTable: "payments_charges",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "payments_checkout_charges",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    CheckoutId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ChargeId = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_checkout_charges", x => x.Id);
                    table.ForeignKey(
                        name: "FK_payments_checkout_charges_payments_charges_ChargeId",
                        column: x => x.ChargeId,
                        principalTable: "payments_charges",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_payments_checkout_charges_payments_checkouts_CheckoutId",
                        column: x => x.CheckoutId,
                        principalTable: "payments_checkouts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "payments_day_totals",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    DayCloseId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Account = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    In = table.Column<long>(type: "INTEGER", nullable: false),
                    Out = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_day_totals", x => x.Id);
                    table.ForeignKey(
                        name: "FK_payments_day_totals_payments_day_closes_DayCloseId",
                        column: x => x.DayCloseId,
                        principalTable: "payments_day_closes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "payments_invoice_charges",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    InvoiceId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ChargeId = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_invoice_charges", x => x.Id);
                    table.ForeignKey(
                        name: "FK_payments_invoice_charges_payments_charges_ChargeId",
                        column: x => x.ChargeId,
                        principalTable: "payments_charges",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_payments_invoice_charges_payments_invoices_InvoiceId",
                        column: x => x.InvoiceId,
                        principalTable: "payments_invoices",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "payments_parts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PaymentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ChargeId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Amount = table.Column<long>(type: "INTEGER", nullable: false),
                    Refunded = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_parts", x => x.Id);
                    table.CheckConstraint("CK_payments_parts_sums", "\"Amount\" > 0 AND \"Refunded\" >= 0 AND \"Refunded\" <= \"Amount\"");
                    table.ForeignKey(
                        name: "FK_payments_parts_payments_charges_ChargeId",
                        column: x => x.ChargeId,
                        principalTable: "payments_charges",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_payments_parts_payments_payments_PaymentId",
                        column: x => x.PaymentId,
                        principalTable: "payments_payments",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "payments_refunds",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PaymentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PayerKind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PayerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Way = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    Amount = table.Column<long>(type: "INTEGER", nullable: false),
                    TakesBack = table.Column<bool>(type: "INTEGER", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Reference = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    DrawerId = table.Column<Guid>(type: "TEXT", nullable: true),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    By = table.Column<Guid>(type: "TEXT", nullable: true),
                    DoneAt = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_refunds", x => x.Id);
                    table.CheckConstraint("CK_payments_refunds_amount", "\"Amount\" > 0");
                    table.ForeignKey(
                        name: "FK_payments_refunds_payments_payments_PaymentId",
                        column: x => x.PaymentId,
                        principalTable: "payments_payments",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "payments_report_differences",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ReportId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Finding = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    IsRefund = table.Column<bool>(type: "INTEGER", nullable: false),
                    Reference = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    Reported = table.Column<long>(type: "INTEGER", nullable: false),
                    Booked = table.Column<long>(type: "INTEGER", nullable: false),
                    SettledAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    SettledBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_report_differences", x => x.Id);
                    table.ForeignKey(
                        name: "FK_payments_report_differences_payments_reports_ReportId",
                        column: x => x.ReportId,
                        principalTable: "payments_reports",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "payments_entries",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    TransactionId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    Account = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    OwnerId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    Amount = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_entries", x => x.Seq);
                    table.CheckConstraint("CK_payments_entries_amount", "\"Amount\" <> 0");
                    table.ForeignKey(
                        name: "FK_payments_entries_payments_transactions_TransactionId",
                        column: x => x.TransactionId,
                        principalTable: "payments_transactions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "payments_holds",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    WalletId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Amount = table.Column<long>(type: "INTEGER", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    PurposeKind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    PurposeId = table.Column<Guid>(type: "TEXT", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_holds", x => x.Id);
                    table.ForeignKey(
                        name: "FK_payments_holds_payments_wallets_WalletId",
                        column: x => x.WalletId,
                        principalTable: "payments_wallets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "payments_refund_parts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    RefundId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PartId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ChargeId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Amount = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payments_refund_parts", x => x.Id);
                    table.ForeignKey(
                        name: "FK_payments_refund_parts_payments_parts_PartId",
                        column: x => x.PartId,
                        principalTable: "payments_parts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_payments_refund_parts_payments_refunds_RefundId",
                        column: x => x.RefundId,
                        principalTable: "payments_refunds",
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

            migrationBuilder.CreateIndex(
                name: "IX_payments_charge_lines_ChargeId_Position",
                table: "payments_charge_lines",
                columns: new[] { "ChargeId", "Position" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_payments_charges_GroupId",
                table: "payments_charges",
                column: "GroupId",
                filter: "\"GroupId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_payments_charges_InvoiceId",
                table: "payments_charges",
                column: "InvoiceId",
                filter: "\"InvoiceId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_payments_charges_OrganisationId_Id",
                table: "payments_charges",
                columns: new[] { "OrganisationId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_charges_OrganisationId_Key",
                table: "payments_charges",
                columns: new[] { "OrganisationId", "Key" },
                unique: true,
                filter: "\"Key\" <> ''");

            migrationBuilder.CreateIndex(
                name: "IX_payments_charges_OrganisationId_PurposeKind_PurposeId",
                table: "payments_charges",
                columns: new[] { "OrganisationId", "PurposeKind", "PurposeId" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_charges_outstanding",
                table: "payments_charges",
                columns: new[] { "OrganisationId", "Day" },
                filter: "\"Paid\" + \"Credited\" < \"Total\"");

            migrationBuilder.CreateIndex(
                name: "IX_payments_charges_PayerId_Id",
                table: "payments_charges",
                columns: new[] { "PayerId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_checkout_charges_ChargeId",
                table: "payments_checkout_charges",
                column: "ChargeId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_checkout_charges_CheckoutId",
                table: "payments_checkout_charges",
                column: "CheckoutId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_checkouts_LookAt",
                table: "payments_checkouts",
                column: "LookAt",
                filter: "\"LookAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_payments_checkouts_Method_ProviderId",
                table: "payments_checkouts",
                columns: new[] { "Method", "ProviderId" },
                unique: true,
                filter: "\"ProviderId\" <> ''");

            migrationBuilder.CreateIndex(
                name: "IX_payments_checkouts_OrganisationId_Id",
                table: "payments_checkouts",
                columns: new[] { "OrganisationId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_checkouts_PayerId",
                table: "payments_checkouts",
                column: "PayerId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_credit_notes_ChargeId",
                table: "payments_credit_notes",
                column: "ChargeId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_credit_notes_OrganisationId_Number",
                table: "payments_credit_notes",
                columns: new[] { "OrganisationId", "Number" },
                unique: true,
                filter: "\"Number\" <> ''");

            migrationBuilder.CreateIndex(
                name: "IX_payments_credit_notes_PayerId",
                table: "payments_credit_notes",
                column: "PayerId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_day_closes_OrganisationId_Day",
                table: "payments_day_closes",
                columns: new[] { "OrganisationId", "Day" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_payments_day_totals_DayCloseId_Account_Currency",
                table: "payments_day_totals",
                columns: new[] { "DayCloseId", "Account", "Currency" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_payments_drawers_OrganisationId_Id",
                table: "payments_drawers",
                columns: new[] { "OrganisationId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_drawers_OrganisationId_OwnerId_Currency",
                table: "payments_drawers",
                columns: new[] { "OrganisationId", "OwnerId", "Currency" },
                unique: true,
                filter: "\"ClosedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_payments_entries_OrganisationId_Day_Account",
                table: "payments_entries",
                columns: new[] { "OrganisationId", "Day", "Account" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_entries_OwnerId_Account_Seq",
                table: "payments_entries",
                columns: new[] { "OwnerId", "Account", "Seq" },
                filter: "\"OwnerId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_payments_entries_TransactionId",
                table: "payments_entries",
                column: "TransactionId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_holds_PurposeKind_PurposeId",
                table: "payments_holds",
                columns: new[] { "PurposeKind", "PurposeId" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_holds_WalletId_State",
                table: "payments_holds",
                columns: new[] { "WalletId", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_invoice_charges_ChargeId",
                table: "payments_invoice_charges",
                column: "ChargeId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_invoice_charges_InvoiceId_ChargeId",
                table: "payments_invoice_charges",
                columns: new[] { "InvoiceId", "ChargeId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_payments_invoices_OrganisationId_Id",
                table: "payments_invoices",
                columns: new[] { "OrganisationId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_invoices_OrganisationId_Number",
                table: "payments_invoices",
                columns: new[] { "OrganisationId", "Number" },
                unique: true,
                filter: "\"Number\" <> ''");

            migrationBuilder.CreateIndex(
                name: "IX_payments_invoices_PayerId",
                table: "payments_invoices",
                column: "PayerId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_notices_At",
                table: "payments_notices",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_payments_notices_Method_EventId",
                table: "payments_notices",
                columns: new[] { "Method", "EventId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_payments_parts_ChargeId",
                table: "payments_parts",
                column: "ChargeId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_parts_PaymentId",
                table: "payments_parts",
                column: "PaymentId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_payments_CheckoutId_Kind",
                table: "payments_payments",
                columns: new[] { "CheckoutId", "Kind" },
                unique: true,
                filter: "\"CheckoutId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_payments_payments_OrganisationId_Day",
                table: "payments_payments",
                columns: new[] { "OrganisationId", "Day" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_payments_OrganisationId_Id",
                table: "payments_payments",
                columns: new[] { "OrganisationId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_payments_OrganisationId_Number",
                table: "payments_payments",
                columns: new[] { "OrganisationId", "Number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_payments_payments_OrganisationId_Reference",
                table: "payments_payments",
                columns: new[] { "OrganisationId", "Reference" },
                filter: "\"Reference\" <> ''");

            migrationBuilder.CreateIndex(
                name: "IX_payments_payments_PayerId_Id",
                table: "payments_payments",
                columns: new[] { "PayerId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_proofs_Day",
                table: "payments_proofs",
                column: "Day",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_payments_refund_parts_PartId",
                table: "payments_refund_parts",
                column: "PartId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_refund_parts_RefundId",
                table: "payments_refund_parts",
                column: "RefundId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_refunds_OrganisationId_Id",
                table: "payments_refunds",
                columns: new[] { "OrganisationId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_refunds_OrganisationId_Number",
                table: "payments_refunds",
                columns: new[] { "OrganisationId", "Number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_payments_refunds_PayerId",
                table: "payments_refunds",
                column: "PayerId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_refunds_PaymentId",
                table: "payments_refunds",
                column: "PaymentId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_report_differences_OrganisationId_Id",
                table: "payments_report_differences",
                columns: new[] { "OrganisationId", "Id" },
                filter: "\"SettledAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_payments_report_differences_ReportId",
                table: "payments_report_differences",
                column: "ReportId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_reports_OrganisationId_Id",
                table: "payments_reports",
                columns: new[] { "OrganisationId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_payments_statements_OrganisationId_Number",
                table: "payments_statements",
                columns: new[] { "OrganisationId", "Number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_payments_statements_PayerId",
                table: "payments_statements",
                column: "PayerId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_transactions_CauseId",
                table: "payments_transactions",
                column: "CauseId");

            migrationBuilder.CreateIndex(
                name: "IX_payments_wallets_OrganisationId_Key",
                table: "payments_wallets",
                columns: new[] { "OrganisationId", "Key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_payments_wallets_PayerId",
                table: "payments_wallets",
                column: "PayerId");
            HandWritten.LedgerSqlite(migrationBuilder);
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
                name: "payments_charge_lines");

            migrationBuilder.DropTable(
                name: "payments_checkout_charges");

            migrationBuilder.DropTable(
                name: "payments_credit_notes");

            migrationBuilder.DropTable(
                name: "payments_day_totals");

            migrationBuilder.DropTable(
                name: "payments_drawers");

            migrationBuilder.DropTable(
                name: "payments_entries");

            migrationBuilder.DropTable(
                name: "payments_holds");

            migrationBuilder.DropTable(
                name: "payments_invoice_charges");

            migrationBuilder.DropTable(
                name: "payments_notices");

            migrationBuilder.DropTable(
                name: "payments_proofs");

            migrationBuilder.DropTable(
                name: "payments_refund_parts");

            migrationBuilder.DropTable(
                name: "payments_report_differences");

            migrationBuilder.DropTable(
                name: "payments_settings");

            migrationBuilder.DropTable(
                name: "payments_statements");

            migrationBuilder.DropTable(
                name: "clinic_insurance_policies");

            migrationBuilder.DropTable(
                name: "payments_checkouts");

            migrationBuilder.DropTable(
                name: "payments_day_closes");

            migrationBuilder.DropTable(
                name: "payments_transactions");

            migrationBuilder.DropTable(
                name: "payments_wallets");

            migrationBuilder.DropTable(
                name: "payments_invoices");

            migrationBuilder.DropTable(
                name: "payments_parts");

            migrationBuilder.DropTable(
                name: "payments_refunds");

            migrationBuilder.DropTable(
                name: "payments_reports");

            migrationBuilder.DropTable(
                name: "payments_charges");

            migrationBuilder.DropTable(
                name: "payments_payments");
        }
    }
}
