namespace Salus.Tests.Support;

/// <summary>Short words for wards and beds in tests.</summary>
public static class Bedside
{
    /// <summary>A ward with beds, as the administrator defines it.</summary>
    public static async Task<(Guid Ward, Guid[] Beds)> Ward(this Clinic clinic, string labels = "1-4", string name = "North")
    {
        var ward = (await clinic.Admin.Post("wards", new { name })).Is(201).Id;
        return (ward, [.. (await clinic.Admin.Post($"wards/{ward}/beds", new { labels })).Is(201)["beds"].EnumerateArray().Select(b => b.GetGuid())]);
    }

    public static Task<Answer> Admit(this Clinic clinic, Guid visit, Guid bed, Caller? by = null) =>
        (by ?? clinic.Doctor).Post($"encounters/{visit}/admission", new { bedId = bed, kind = "emergency", reason = "Pneumonia, needs oxygen", diagnosisCode = "j18.9", diagnosis = "Pneumonia", expectedDays = 5 });

    /// <summary>A new patient's visit, admitted into the bed.</summary>
    public static async Task<Guid> Admitted(this Clinic clinic, Guid bed, string name = "Anna Rossi")
    {
        var visit = await clinic.Visit(name);
        (await clinic.Admit(visit, bed)).Is(201);
        return visit;
    }

    public static Task<Answer> Transfer(this Clinic clinic, Guid visit, Guid bed, Caller? by = null) => (by ?? clinic.Doctor).Post($"encounters/{visit}/admission/transfer", new { bedId = bed, reason = "Quieter" });

    public static Task<Answer> Discharge(this Clinic clinic, Guid visit, Caller? by = null) => (by ?? clinic.Doctor).Post($"encounters/{visit}/admission/discharge", new { disposition = "home", note = "Tablets for five days" });

    /// <summary>A bed as the board shows it.</summary>
    public static async Task<System.Text.Json.JsonElement> BedOf(this Clinic clinic, Guid bed, Caller? by = null) =>
        (await (by ?? clinic.Nurse).Get("wards")).Is(200)["wards"].EnumerateArray().SelectMany(w => w.GetProperty("beds").EnumerateArray()).Single(b => b.Id() == bed);

    public static async Task<string> StateOf(this Clinic clinic, Guid bed) => (await clinic.BedOf(bed)).Str("state");
}
