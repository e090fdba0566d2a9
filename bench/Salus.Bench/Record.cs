using System.Data.Common;

namespace Salus.Bench;

/// <summary>The medical record: a patient with two hundred visits, planted and read from outside.</summary>
public sealed class Record(Clinic clinic)
{
    public const int Visits = 200;
    public Guid Patient { get; private set; }

    /// <summary>Visits that are open, for those who write: one a caller.</summary>
    public List<Guid> Open { get; } = [];

    /// <summary>Each visit with a row of vital signs, a diagnosis, a test with its result, and a prescription; the last ones of other patients stay open.</summary>
    public void Plant(int open)
    {
        using var connection = clinic.Open();
        using var transaction = clinic.IsSqlite ? connection.BeginTransaction() : null;
        Patient = clinic.Patients[0].Id;
        var (day, now) = (Clinic.Today.AddDays(-Visits - 1), DateTime.UtcNow);
        for (var i = 0; i < Visits; i++)
        {
            var (visit, order, at) = (Guid.CreateVersion7(), Guid.CreateVersion7(), now.AddDays(i - Visits - 1));
            Visit(connection, visit, Patient, day.AddDays(i), "Closed", at);
            void Row(string table, params (string Name, object? Value)[] more) => Insert(connection, table, [("EncounterId", clinic.Of(visit)), ("PatientId", clinic.Of(Patient)), .. more]);
            Row("clinic_vital_signs", ("MeasuredAt", clinic.Of(at)), ("RecordedBy", Doctor), ("Temperature", Decimal(37.2m)), ("Systolic", 130), ("Diastolic", 80), ("Pulse", 72), ("Remark", ""), ("VoidReason", ""), Version);
            Row("clinic_conditions", ("Kind", "Diagnosis"), ("State", "Active"), ("Code", "J06.9"), ("Text", "Acute upper respiratory infection"), ("IsPrimary", true), ("RecordedBy", Doctor), ("RecordedAt", clinic.Of(at)), ("EndReason", ""), Version);
            Row("clinic_orders", ("Id", clinic.Of(order)), ("RequisitionId", clinic.Of(order)), ("Kind", "Lab"), ("State", "Resulted"), ("Priority", "Routine"), ("Code", "K"), ("Name", "Potassium"), ("Indication", "Fatigue"), ("Instructions", ""), ("OrderedBy", Doctor),
                ("OrderedAt", clinic.Of(at)), ("CancelReason", ""), Version);
            Row("clinic_results", ("OrderId", clinic.Of(order)), ("Value", Decimal(4.1m)), ("Unit", "mmol/L"), ("Text", ""), ("Flag", "Normal"), ("Range", "3.5–5.1 mmol/L"), ("RecordedBy", Doctor), ("RecordedAt", clinic.Of(at)));
            Row("clinic_prescriptions", ("State", "Pending"), ("Drug", "Amoxicillin"), ("Dose", "500 mg"), ("Route", "Oral"), ("Frequency", "every 8 hours"), ("Days", 5), ("Quantity", 15), ("Instructions", ""), ("IsEmergency", false), ("EmergencyReason", ""),
                ("Check", "Clear"), ("OverrideReason", ""), ("PrescribedBy", Doctor), ("PrescribedAt", clinic.Of(at)), ("CancelReason", ""), ("StopReason", ""), Version);
        }
        for (var i = 0; i < open; i++)
        {
            Open.Add(Guid.CreateVersion7());
            Visit(connection, Open[i], clinic.Patients[i + 1].Id, Clinic.Today, "Open", now);
        }
        transaction?.Commit();
        Clinic.Execute(connection, clinic.IsSqlite ? "ANALYZE" : "VACUUM ANALYZE");
    }

    public void Keep()
    {
        using var connection = clinic.Open();
        Clinic.Execute(connection, "UPDATE organisations_organisations SET \"KeepsRecord\" = @yes WHERE \"Id\" = @o", ("yes", true), ("o", clinic.Of(clinic.Organisation)));
    }

    private object Doctor => clinic.Of(clinic.Account);
    private (string, object?) Version => ("Version", clinic.Of(Guid.NewGuid()));

    // As the program stores them: SQLite keeps such figures as text.
    private object Decimal(decimal value) => clinic.IsSqlite ? value.ToString(System.Globalization.CultureInfo.InvariantCulture) : value;

    private void Visit(DbConnection connection, Guid id, Guid patient, DateOnly day, string state, DateTime at) => Insert(connection, "clinic_encounters",
        ("Id", clinic.Of(id)), ("PatientId", clinic.Of(patient)), ("Day", clinic.Of(day)), ("Type", "Consultation"), ("State", state), ("Complaint", "Cough"), ("DoctorId", Doctor), ("StartedAt", clinic.Of(at)), ("ChangedAt", clinic.Of(at)), Version);

    private void Insert(DbConnection connection, string table, params (string Name, object? Value)[] values)
    {
        (string Name, object? Value)[] all = [.. values.Any(v => v.Name == "Id") ? [] : new (string, object?)[] { ("Id", clinic.Of(Guid.CreateVersion7())) }, ("OrganisationId", clinic.Of(clinic.Organisation)), .. values];
        Clinic.Execute(connection, $"INSERT INTO {table} ({string.Join(", ", all.Select(v => $"\"{v.Name}\""))}) VALUES ({string.Join(", ", all.Select(v => "@" + v.Name))})", all);
    }

    /// <summary>What the chart shows: what holds, thirty rows of vital signs, and the last visits with doctor and diagnosis.</summary>
    public static readonly string[] ChartSql =
    [
        "SELECT * FROM clinic_patients WHERE \"Id\" = @p", "SELECT * FROM clinic_allergies WHERE \"PatientId\" = @p AND \"State\" = 'Active'",
        "SELECT * FROM clinic_conditions WHERE \"PatientId\" = @p AND \"Kind\" = 'Problem' AND \"State\" <> 'EnteredInError' ORDER BY \"Since\" DESC, \"Id\" DESC",
        "SELECT * FROM clinic_alerts WHERE \"PatientId\" = @p AND \"State\" <> 'Resolved' ORDER BY \"RaisedAt\" DESC LIMIT 100", "SELECT * FROM clinic_vital_signs WHERE \"PatientId\" = @p ORDER BY \"MeasuredAt\" DESC, \"Id\" DESC LIMIT 30",
        """
        SELECT e.*, a."Name", c."Code", c."Text" FROM clinic_encounters e LEFT JOIN accounts_accounts a ON a."Id" = e."DoctorId"
        LEFT JOIN clinic_conditions c ON c."EncounterId" = e."Id" AND c."IsPrimary" AND c."State" <> 'EnteredInError' AND c."Kind" = 'Diagnosis' WHERE e."PatientId" = @p ORDER BY e."Id" DESC LIMIT 26
        """,
    ];

    /// <summary>All rows of the patient, as far as a page of a thousand reads.</summary>
    public static readonly string[] EverythingSql =
    [
        "SELECT * FROM clinic_patients WHERE \"Id\" = @p",
        .. ((string[])["clinic_encounters", "clinic_conditions", "clinic_allergies", "clinic_vital_signs", "clinic_results", "clinic_orders", "clinic_referrals"]).Select(t => $"SELECT * FROM {t} WHERE \"PatientId\" = @p ORDER BY \"Id\" DESC LIMIT 1001"),
    ];

    public const string Note = """
        INSERT INTO clinic_notes ("Id", "OrganisationId", "EncounterId", "PatientId", "Kind", "Text", "AboutKind", "WrittenBy", "WrittenAt")
        SELECT @id, "OrganisationId", "Id", "PatientId", 'Operation', @text, '', @actor, @now FROM clinic_encounters WHERE "Id" = @visit
        """;
    public const string Touch = "UPDATE clinic_encounters SET \"ChangedAt\" = @now, \"Version\" = @version WHERE \"Id\" = @visit";

    /// <summary>A picture of noise, which no compression makes smaller: rather more than eight million bytes as PNG.</summary>
    public static byte[] Picture()
    {
        const int width = 1920, height = 1400;
        var rows = new byte[(width * 3 + 1) * height];
        new Random(3).NextBytes(rows);
        for (var y = 0; y < height; y++) rows[y * (width * 3 + 1)] = 0;
        using var packed = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.NoCompression, leaveOpen: true)) zlib.Write(rows);
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var head = new byte[13];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(head, width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        (head[8], head[9]) = (8, 2);
        foreach (var (name, data) in ((string, byte[])[])[("IHDR", head), ("IDAT", packed.ToArray()), ("IEND", [])])
        {
            var number = new byte[4];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            file.Write(number);
            byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(name), .. data];
            file.Write(body);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
            file.Write(number);
        }
        return file.ToArray();
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320u;
        }
        return ~crc;
    }
}
