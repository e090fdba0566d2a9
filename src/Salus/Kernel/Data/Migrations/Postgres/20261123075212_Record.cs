using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Salus.Kernel.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Record : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "KeepsRecord",
                table: "organisations_organisations",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<Guid>(
                name: "EncounterId",
                table: "clinic_tickets",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Address",
                table: "clinic_patients",
                type: "character varying(300)",
                maxLength: 300,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "BloodGroup",
                table: "clinic_patients",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "Unknown");

            migrationBuilder.AddColumn<string>(
                name: "Email",
                table: "clinic_patients",
                type: "character varying(254)",
                maxLength: 254,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "EmergencyName",
                table: "clinic_patients",
                type: "character varying(120)",
                maxLength: 120,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "EmergencyPhone",
                table: "clinic_patients",
                type: "character varying(16)",
                maxLength: 16,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "EmergencyRelation",
                table: "clinic_patients",
                type: "character varying(60)",
                maxLength: 60,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "FormerNumbers",
                table: "clinic_patients",
                type: "character varying(160)",
                maxLength: 160,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<Guid>(
                name: "MergedIntoId",
                table: "clinic_patients",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "NationalId",
                table: "clinic_patients",
                type: "character varying(40)",
                maxLength: 40,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "NationalKey",
                table: "clinic_patients",
                type: "character varying(120)",
                maxLength: 120,
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "clinic_care_team",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    AccountId = table.Column<Guid>(type: "uuid", nullable: false),
                    Since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Until = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    AddedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    Reason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false)
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
                name: "clinic_catalogue",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Code = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    Loinc = table.Column<string>(type: "character varying(12)", maxLength: 12, nullable: false),
                    Name = table.Column<string>(type: "character varying(160)", maxLength: 160, nullable: false),
                    Category = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    Unit = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    Low = table.Column<decimal>(type: "numeric(18,6)", precision: 18, scale: 6, nullable: true),
                    High = table.Column<decimal>(type: "numeric(18,6)", precision: 18, scale: 6, nullable: true),
                    CriticalLow = table.Column<decimal>(type: "numeric(18,6)", precision: 18, scale: 6, nullable: true),
                    CriticalHigh = table.Column<decimal>(type: "numeric(18,6)", precision: 18, scale: 6, nullable: true),
                    RangeText = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    Specimen = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    IsFasting = table.Column<bool>(type: "boolean", nullable: false),
                    Hours = table.Column<int>(type: "integer", nullable: true),
                    ArchivedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Version = table.Column<Guid>(type: "uuid", nullable: false),
                    SearchName = table.Column<string>(type: "character varying(800)", maxLength: 800, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_catalogue", x => x.Id);
                });

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
                name: "clinic_drugs",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "character varying(160)", maxLength: 160, nullable: false),
                    Folded = table.Column<string>(type: "character varying(480)", maxLength: 480, nullable: false),
                    Code = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    Atc = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    Class = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    Ingredients = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    Form = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    Strength = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    Unit = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    ReorderLevel = table.Column<int>(type: "integer", nullable: false),
                    ArchivedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    StockAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    SearchText = table.Column<string>(type: "character varying(2400)", maxLength: 2400, nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_drugs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "clinic_encounters",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    Type = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Complaint = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    DoctorId = table.Column<Guid>(type: "uuid", nullable: true),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ClosedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    ClosedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    ChangedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_encounters", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_encounters_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_interaction_rules",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    ASide = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    A = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    AKey = table.Column<string>(type: "character varying(360)", maxLength: 360, nullable: false),
                    BSide = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    B = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    BKey = table.Column<string>(type: "character varying(360)", maxLength: 360, nullable: false),
                    Severity = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Text = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_interaction_rules", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "clinic_patient_imports",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    FileHash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    Rows = table.Column<int>(type: "integer", nullable: false),
                    Done = table.Column<int>(type: "integer", nullable: false),
                    Imported = table.Column<int>(type: "integer", nullable: false),
                    LeftOut = table.Column<int>(type: "integer", nullable: false),
                    StartedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_patient_imports", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "clinic_patient_merges",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    KeptPatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    OtherPatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    MergedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    MergedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    Reason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    OtherArchivedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    OtherArchiveReason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    HasRestricted = table.Column<bool>(type: "boolean", nullable: false),
                    UndoneAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    UndoneBy = table.Column<Guid>(type: "uuid", nullable: true),
                    UndoReason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false)
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
                name: "clinic_reported_medicines",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    Text = table.Column<string>(type: "character varying(160)", maxLength: 160, nullable: false),
                    Since = table.Column<DateOnly>(type: "date", nullable: true),
                    StoppedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    StoppedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    RecordedBy = table.Column<Guid>(type: "uuid", nullable: false),
                    RecordedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_reported_medicines", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_reported_medicines_clinic_patients_PatientId",
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

            migrationBuilder.CreateTable(
                name: "clinic_batches",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    DrugId = table.Column<Guid>(type: "uuid", nullable: false),
                    Number = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    Folded = table.Column<string>(type: "character varying(180)", maxLength: 180, nullable: false),
                    Expiry = table.Column<DateOnly>(type: "date", nullable: false),
                    Quantity = table.Column<int>(type: "integer", nullable: false),
                    Location = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_batches", x => x.Id);
                    table.CheckConstraint("CK_clinic_batches_Quantity", "\"Quantity\" >= 0");
                    table.ForeignKey(
                        name: "FK_clinic_batches_clinic_drugs_DrugId",
                        column: x => x.DrugId,
                        principalTable: "clinic_drugs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_alerts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Severity = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Title = table.Column<string>(type: "character varying(160)", maxLength: 160, nullable: false),
                    Detail = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    SourceId = table.Column<Guid>(type: "uuid", nullable: false),
                    RaisedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    AcknowledgedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    AcknowledgedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    ResolvedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    ResolvedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    Resolution = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_alerts", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_alerts_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_alerts_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_allergies",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    IsNoneKnown = table.Column<bool>(type: "boolean", nullable: false),
                    Substance = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    Category = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Severity = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Reaction = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    RecordedBy = table.Column<Guid>(type: "uuid", nullable: false),
                    RecordedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    EndedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    EndReason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false),
                    Folded = table.Column<string>(type: "character varying(360)", maxLength: 360, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_allergies", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_allergies_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_allergies_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_conditions",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Code = table.Column<string>(type: "character varying(12)", maxLength: 12, nullable: false),
                    Text = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    IsPrimary = table.Column<bool>(type: "boolean", nullable: false),
                    Since = table.Column<DateOnly>(type: "date", nullable: true),
                    RecordedBy = table.Column<Guid>(type: "uuid", nullable: false),
                    RecordedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    EndedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    EndReason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_conditions", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_conditions_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_conditions_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_consultation_drafts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    AccountId = table.Column<Guid>(type: "uuid", nullable: false),
                    History = table.Column<string>(type: "text", nullable: false),
                    Examination = table.Column<string>(type: "text", nullable: false),
                    Assessment = table.Column<string>(type: "text", nullable: false),
                    Plan = table.Column<string>(type: "text", nullable: false),
                    SavedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_consultation_drafts", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_consultation_drafts_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_consultation_drafts_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_consultations",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    DoctorId = table.Column<Guid>(type: "uuid", nullable: true),
                    History = table.Column<string>(type: "text", nullable: false),
                    Examination = table.Column<string>(type: "text", nullable: false),
                    Assessment = table.Column<string>(type: "text", nullable: false),
                    Plan = table.Column<string>(type: "text", nullable: false),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    SavedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_consultations", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_consultations_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_consultations_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_notes",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Text = table.Column<string>(type: "text", nullable: false),
                    AboutKind = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    AboutId = table.Column<Guid>(type: "uuid", nullable: true),
                    WrittenBy = table.Column<Guid>(type: "uuid", nullable: false),
                    WrittenAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_notes", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_notes_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_notes_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_orders",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    RequisitionId = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Priority = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    CatalogueId = table.Column<Guid>(type: "uuid", nullable: true),
                    Code = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    Name = table.Column<string>(type: "character varying(160)", maxLength: 160, nullable: false),
                    Indication = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    Instructions = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    OrderedBy = table.Column<Guid>(type: "uuid", nullable: false),
                    OrderedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    StartedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    EndedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    CancelReason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_orders", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_orders_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_orders_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_prescriptions",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    DrugId = table.Column<Guid>(type: "uuid", nullable: true),
                    Drug = table.Column<string>(type: "character varying(160)", maxLength: 160, nullable: false),
                    Dose = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    Route = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Frequency = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    Days = table.Column<int>(type: "integer", nullable: true),
                    Quantity = table.Column<int>(type: "integer", nullable: false),
                    Instructions = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    IsEmergency = table.Column<bool>(type: "boolean", nullable: false),
                    EmergencyReason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Check = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    OverrideReason = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    PrescribedBy = table.Column<Guid>(type: "uuid", nullable: false),
                    PrescribedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    EndedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    CancelReason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    RepeatOfId = table.Column<Guid>(type: "uuid", nullable: true),
                    StoppedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    StoppedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    StopReason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_prescriptions", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_prescriptions_clinic_drugs_DrugId",
                        column: x => x.DrugId,
                        principalTable: "clinic_drugs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_prescriptions_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_prescriptions_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_prescriptions_clinic_prescriptions_RepeatOfId",
                        column: x => x.RepeatOfId,
                        principalTable: "clinic_prescriptions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
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
                name: "clinic_summaries",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    Disposition = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Text = table.Column<string>(type: "text", nullable: false),
                    Instructions = table.Column<string>(type: "text", nullable: false),
                    WrittenBy = table.Column<Guid>(type: "uuid", nullable: false),
                    WrittenAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_summaries", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_summaries_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_summaries_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_vital_signs",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    MeasuredAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    RecordedBy = table.Column<Guid>(type: "uuid", nullable: false),
                    Temperature = table.Column<decimal>(type: "numeric(4,1)", precision: 4, scale: 1, nullable: true),
                    Systolic = table.Column<int>(type: "integer", nullable: true),
                    Diastolic = table.Column<int>(type: "integer", nullable: true),
                    Pulse = table.Column<int>(type: "integer", nullable: true),
                    Respiration = table.Column<int>(type: "integer", nullable: true),
                    Oxygen = table.Column<int>(type: "integer", nullable: true),
                    Weight = table.Column<decimal>(type: "numeric(5,2)", precision: 5, scale: 2, nullable: true),
                    Height = table.Column<decimal>(type: "numeric(4,1)", precision: 4, scale: 1, nullable: true),
                    UpperArm = table.Column<decimal>(type: "numeric(4,1)", precision: 4, scale: 1, nullable: true),
                    Pain = table.Column<int>(type: "integer", nullable: true),
                    LastPeriod = table.Column<DateOnly>(type: "date", nullable: true),
                    Remark = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    VoidedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    VoidedBy = table.Column<Guid>(type: "uuid", nullable: true),
                    VoidReason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_vital_signs", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_vital_signs_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_vital_signs_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_merged_fields",
                columns: table => new
                {
                    MergeId = table.Column<Guid>(type: "uuid", nullable: false),
                    Field = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    Before = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    After = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false)
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
                    MergeId = table.Column<Guid>(type: "uuid", nullable: false),
                    Table = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    RowId = table.Column<Guid>(type: "uuid", nullable: false),
                    Change = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false)
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

            migrationBuilder.CreateTable(
                name: "clinic_documents",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    FileId = table.Column<Guid>(type: "uuid", nullable: false),
                    OrderId = table.Column<Guid>(type: "uuid", nullable: true),
                    AddedBy = table.Column<Guid>(type: "uuid", nullable: false),
                    AddedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_documents", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_documents_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_documents_clinic_orders_OrderId",
                        column: x => x.OrderId,
                        principalTable: "clinic_orders",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_documents_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_documents_files_files_FileId",
                        column: x => x.FileId,
                        principalTable: "files_files",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_results",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    OrderId = table.Column<Guid>(type: "uuid", nullable: false),
                    Value = table.Column<decimal>(type: "numeric(18,6)", precision: 18, scale: 6, nullable: true),
                    Unit = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    Text = table.Column<string>(type: "text", nullable: false),
                    Flag = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Range = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    RecordedBy = table.Column<Guid>(type: "uuid", nullable: false),
                    RecordedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_results", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_results_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_results_clinic_orders_OrderId",
                        column: x => x.OrderId,
                        principalTable: "clinic_orders",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_results_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_samples",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    OrderId = table.Column<Guid>(type: "uuid", nullable: false),
                    Outcome = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Specimen = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    Reason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    CollectedBy = table.Column<Guid>(type: "uuid", nullable: false),
                    CollectedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_samples", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_samples_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_samples_clinic_orders_OrderId",
                        column: x => x.OrderId,
                        principalTable: "clinic_orders",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_samples_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_administrations",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    PrescriptionId = table.Column<Guid>(type: "uuid", nullable: true),
                    Drug = table.Column<string>(type: "character varying(160)", maxLength: 160, nullable: false),
                    Dose = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    Route = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Outcome = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Reason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    GivenAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    GivenBy = table.Column<Guid>(type: "uuid", nullable: false),
                    RecordedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_administrations", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_administrations_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_administrations_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_administrations_clinic_prescriptions_PrescriptionId",
                        column: x => x.PrescriptionId,
                        principalTable: "clinic_prescriptions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_dispenses",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    EncounterId = table.Column<Guid>(type: "uuid", nullable: false),
                    PatientId = table.Column<Guid>(type: "uuid", nullable: false),
                    PrescriptionId = table.Column<Guid>(type: "uuid", nullable: false),
                    Quantity = table.Column<int>(type: "integer", nullable: false),
                    IsFromStock = table.Column<bool>(type: "boolean", nullable: false),
                    Notes = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    DispensedBy = table.Column<Guid>(type: "uuid", nullable: false),
                    DispensedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_dispenses", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_dispenses_clinic_encounters_EncounterId",
                        column: x => x.EncounterId,
                        principalTable: "clinic_encounters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_dispenses_clinic_patients_PatientId",
                        column: x => x.PatientId,
                        principalTable: "clinic_patients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_dispenses_clinic_prescriptions_PrescriptionId",
                        column: x => x.PrescriptionId,
                        principalTable: "clinic_prescriptions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_prescription_findings",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    PrescriptionId = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    About = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Detail = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    Severity = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    Because = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    NeedsReason = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_prescription_findings", x => x.Id);
                    table.ForeignKey(
                        name: "FK_clinic_prescription_findings_clinic_prescriptions_Prescript~",
                        column: x => x.PrescriptionId,
                        principalTable: "clinic_prescriptions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_stock_movements",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    DrugId = table.Column<Guid>(type: "uuid", nullable: false),
                    BatchId = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Quantity = table.Column<int>(type: "integer", nullable: false),
                    Reason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    By = table.Column<Guid>(type: "uuid", nullable: false),
                    At = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    PrescriptionId = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_stock_movements", x => x.Id);
                    table.CheckConstraint("CK_clinic_stock_movements_Quantity", "(\"Kind\" IN ('In', 'Returned') AND \"Quantity\" > 0) OR (\"Kind\" IN ('Out', 'Dispensed', 'Expired', 'Damaged') AND \"Quantity\" < 0) OR (\"Kind\" = 'Adjustment' AND \"Quantity\" <> 0)");
                    table.ForeignKey(
                        name: "FK_clinic_stock_movements_clinic_batches_BatchId",
                        column: x => x.BatchId,
                        principalTable: "clinic_batches",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_stock_movements_clinic_drugs_DrugId",
                        column: x => x.DrugId,
                        principalTable: "clinic_drugs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_stock_movements_clinic_prescriptions_PrescriptionId",
                        column: x => x.PrescriptionId,
                        principalTable: "clinic_prescriptions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "clinic_dispense_lines",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    DispenseId = table.Column<Guid>(type: "uuid", nullable: false),
                    BatchId = table.Column<Guid>(type: "uuid", nullable: false),
                    Quantity = table.Column<int>(type: "integer", nullable: false),
                    Returned = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_clinic_dispense_lines", x => x.Id);
                    table.CheckConstraint("CK_clinic_dispense_lines_Returned", "\"Quantity\" > 0 AND \"Returned\" >= 0 AND \"Returned\" <= \"Quantity\"");
                    table.ForeignKey(
                        name: "FK_clinic_dispense_lines_clinic_batches_BatchId",
                        column: x => x.BatchId,
                        principalTable: "clinic_batches",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_clinic_dispense_lines_clinic_dispenses_DispenseId",
                        column: x => x.DispenseId,
                        principalTable: "clinic_dispenses",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_tickets_EncounterId",
                table: "clinic_tickets",
                column: "EncounterId");

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
                name: "IX_clinic_administrations_EncounterId",
                table: "clinic_administrations",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_administrations_PatientId",
                table: "clinic_administrations",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_administrations_PrescriptionId",
                table: "clinic_administrations",
                column: "PrescriptionId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_alerts_EncounterId",
                table: "clinic_alerts",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_alerts_OrganisationId_State_RaisedAt",
                table: "clinic_alerts",
                columns: new[] { "OrganisationId", "State", "RaisedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_alerts_PatientId",
                table: "clinic_alerts",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_allergies_EncounterId",
                table: "clinic_allergies",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_allergies_PatientId_Folded",
                table: "clinic_allergies",
                columns: new[] { "PatientId", "Folded" },
                unique: true,
                filter: "\"State\" = 'Active'");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_allergies_PatientId_State",
                table: "clinic_allergies",
                columns: new[] { "PatientId", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_batches_DrugId_Folded",
                table: "clinic_batches",
                columns: new[] { "DrugId", "Folded" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_batches_OrganisationId_Expiry",
                table: "clinic_batches",
                columns: new[] { "OrganisationId", "Expiry" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_care_team_AccountId_Until",
                table: "clinic_care_team",
                columns: new[] { "AccountId", "Until" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_care_team_PatientId_AccountId_Until",
                table: "clinic_care_team",
                columns: new[] { "PatientId", "AccountId", "Until" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_catalogue_OrganisationId_Code",
                table: "clinic_catalogue",
                columns: new[] { "OrganisationId", "Code" },
                unique: true);

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
                name: "IX_clinic_conditions_EncounterId",
                table: "clinic_conditions",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_conditions_PatientId_Kind_State",
                table: "clinic_conditions",
                columns: new[] { "PatientId", "Kind", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_conditions_primary",
                table: "clinic_conditions",
                column: "EncounterId",
                unique: true,
                filter: "\"IsPrimary\" AND \"State\" <> 'EnteredInError' AND \"Kind\" = 'Diagnosis'");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_consultation_drafts_EncounterId",
                table: "clinic_consultation_drafts",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_consultation_drafts_EncounterId_AccountId",
                table: "clinic_consultation_drafts",
                columns: new[] { "EncounterId", "AccountId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_consultation_drafts_PatientId",
                table: "clinic_consultation_drafts",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_consultations_EncounterId",
                table: "clinic_consultations",
                column: "EncounterId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_consultations_PatientId",
                table: "clinic_consultations",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_dispense_lines_BatchId",
                table: "clinic_dispense_lines",
                column: "BatchId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_dispense_lines_DispenseId",
                table: "clinic_dispense_lines",
                column: "DispenseId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_dispenses_EncounterId",
                table: "clinic_dispenses",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_dispenses_OrganisationId_Id",
                table: "clinic_dispenses",
                columns: new[] { "OrganisationId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_dispenses_PatientId",
                table: "clinic_dispenses",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_dispenses_PrescriptionId",
                table: "clinic_dispenses",
                column: "PrescriptionId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_documents_EncounterId",
                table: "clinic_documents",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_documents_FileId",
                table: "clinic_documents",
                column: "FileId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_documents_OrderId",
                table: "clinic_documents",
                column: "OrderId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_documents_PatientId",
                table: "clinic_documents",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_drugs_OrganisationId_Code",
                table: "clinic_drugs",
                columns: new[] { "OrganisationId", "Code" },
                unique: true,
                filter: "\"Code\" <> ''");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_drugs_OrganisationId_Folded",
                table: "clinic_drugs",
                columns: new[] { "OrganisationId", "Folded" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_encounters_OrganisationId_Day_Id",
                table: "clinic_encounters",
                columns: new[] { "OrganisationId", "Day", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_encounters_OrganisationId_State_Day_Id",
                table: "clinic_encounters",
                columns: new[] { "OrganisationId", "State", "Day", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_encounters_PatientId_StartedAt",
                table: "clinic_encounters",
                columns: new[] { "PatientId", "StartedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_encounters_PatientId_Type_Day",
                table: "clinic_encounters",
                columns: new[] { "PatientId", "Type", "Day" },
                unique: true,
                filter: "\"State\" = 'Open'");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_interaction_rules_OrganisationId_AKey_ASide_BKey_BSi~",
                table: "clinic_interaction_rules",
                columns: new[] { "OrganisationId", "AKey", "ASide", "BKey", "BSide" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_interaction_rules_OrganisationId_BKey",
                table: "clinic_interaction_rules",
                columns: new[] { "OrganisationId", "BKey" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_notes_EncounterId",
                table: "clinic_notes",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_notes_PatientId",
                table: "clinic_notes",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_orders_EncounterId",
                table: "clinic_orders",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_orders_OrganisationId_Kind_State_Id",
                table: "clinic_orders",
                columns: new[] { "OrganisationId", "Kind", "State", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_orders_PatientId",
                table: "clinic_orders",
                column: "PatientId");

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

            migrationBuilder.CreateIndex(
                name: "IX_clinic_prescription_findings_PrescriptionId",
                table: "clinic_prescription_findings",
                column: "PrescriptionId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_prescriptions_DrugId",
                table: "clinic_prescriptions",
                column: "DrugId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_prescriptions_EncounterId",
                table: "clinic_prescriptions",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_prescriptions_OrganisationId_State_PrescribedAt",
                table: "clinic_prescriptions",
                columns: new[] { "OrganisationId", "State", "PrescribedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_prescriptions_PatientId",
                table: "clinic_prescriptions",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_prescriptions_RepeatOfId",
                table: "clinic_prescriptions",
                column: "RepeatOfId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_referrals_EncounterId",
                table: "clinic_referrals",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_referrals_PatientId",
                table: "clinic_referrals",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_reported_medicines_PatientId_StoppedAt",
                table: "clinic_reported_medicines",
                columns: new[] { "PatientId", "StoppedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_results_EncounterId",
                table: "clinic_results",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_results_OrderId",
                table: "clinic_results",
                column: "OrderId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_results_PatientId",
                table: "clinic_results",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_samples_EncounterId",
                table: "clinic_samples",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_samples_OrderId",
                table: "clinic_samples",
                column: "OrderId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_samples_PatientId",
                table: "clinic_samples",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_stock_movements_BatchId",
                table: "clinic_stock_movements",
                column: "BatchId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_stock_movements_DrugId_Id",
                table: "clinic_stock_movements",
                columns: new[] { "DrugId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_stock_movements_PrescriptionId",
                table: "clinic_stock_movements",
                column: "PrescriptionId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_summaries_EncounterId",
                table: "clinic_summaries",
                column: "EncounterId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_clinic_summaries_PatientId",
                table: "clinic_summaries",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_templates_OrganisationId_OwnerId",
                table: "clinic_templates",
                columns: new[] { "OrganisationId", "OwnerId" });

            migrationBuilder.CreateIndex(
                name: "IX_clinic_vital_signs_EncounterId",
                table: "clinic_vital_signs",
                column: "EncounterId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_vital_signs_PatientId",
                table: "clinic_vital_signs",
                column: "PatientId");

            migrationBuilder.CreateIndex(
                name: "IX_clinic_vital_signs_PatientId_MeasuredAt",
                table: "clinic_vital_signs",
                columns: new[] { "PatientId", "MeasuredAt" });

            migrationBuilder.AddForeignKey(
                name: "FK_clinic_tickets_clinic_encounters_EncounterId",
                table: "clinic_tickets",
                column: "EncounterId",
                principalTable: "clinic_encounters",
                principalColumn: "Id",
                onDelete: ReferentialAction.Restrict);
            HandWritten.SearchPostgres(migrationBuilder, "clinic_codes");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_clinic_tickets_clinic_encounters_EncounterId",
                table: "clinic_tickets");

            migrationBuilder.DropTable(
                name: "clinic_administrations");

            migrationBuilder.DropTable(
                name: "clinic_alerts");

            migrationBuilder.DropTable(
                name: "clinic_allergies");

            migrationBuilder.DropTable(
                name: "clinic_care_team");

            migrationBuilder.DropTable(
                name: "clinic_catalogue");

            migrationBuilder.DropTable(
                name: "clinic_codes");

            migrationBuilder.DropTable(
                name: "clinic_conditions");

            migrationBuilder.DropTable(
                name: "clinic_consultation_drafts");

            migrationBuilder.DropTable(
                name: "clinic_consultations");

            migrationBuilder.DropTable(
                name: "clinic_dispense_lines");

            migrationBuilder.DropTable(
                name: "clinic_documents");

            migrationBuilder.DropTable(
                name: "clinic_interaction_rules");

            migrationBuilder.DropTable(
                name: "clinic_merged_fields");

            migrationBuilder.DropTable(
                name: "clinic_merged_rows");

            migrationBuilder.DropTable(
                name: "clinic_notes");

            migrationBuilder.DropTable(
                name: "clinic_patient_imports");

            migrationBuilder.DropTable(
                name: "clinic_prescription_findings");

            migrationBuilder.DropTable(
                name: "clinic_referrals");

            migrationBuilder.DropTable(
                name: "clinic_reported_medicines");

            migrationBuilder.DropTable(
                name: "clinic_results");

            migrationBuilder.DropTable(
                name: "clinic_samples");

            migrationBuilder.DropTable(
                name: "clinic_stock_movements");

            migrationBuilder.DropTable(
                name: "clinic_summaries");

            migrationBuilder.DropTable(
                name: "clinic_templates");

            migrationBuilder.DropTable(
                name: "clinic_vital_signs");

            migrationBuilder.DropTable(
                name: "clinic_dispenses");

            migrationBuilder.DropTable(
                name: "clinic_patient_merges");

            migrationBuilder.DropTable(
                name: "clinic_orders");

            migrationBuilder.DropTable(
                name: "clinic_batches");

            migrationBuilder.DropTable(
                name: "clinic_prescriptions");

            migrationBuilder.DropTable(
                name: "clinic_drugs");

            migrationBuilder.DropTable(
                name: "clinic_encounters");

            migrationBuilder.DropIndex(
                name: "IX_clinic_tickets_EncounterId",
                table: "clinic_tickets");

            migrationBuilder.DropIndex(
                name: "IX_clinic_patients_OrganisationId_Email",
                table: "clinic_patients");

            migrationBuilder.DropIndex(
                name: "IX_clinic_patients_OrganisationId_NationalKey",
                table: "clinic_patients");

            migrationBuilder.DropColumn(
                name: "KeepsRecord",
                table: "organisations_organisations");

            migrationBuilder.DropColumn(
                name: "EncounterId",
                table: "clinic_tickets");

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
