using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Tests.Sealed;

/// <summary>What people type into the medical record stands encrypted in the database, nowhere else, and in the clear for those who read it.</summary>
public sealed class SealedRecordTests(SalusServer server)
{
    /// <summary>Reached by no act of <see cref="Planted"/>: they belong to insurers, and are sealed by the same few lines.</summary>
    private static readonly string[] OfInsurers = ["clinic_claims.Reason", "clinic_coverages.Reason"];

    [Fact]
    public async Task a_word_typed_into_every_text_of_the_record_is_found_neither_in_the_database_nor_in_the_log()
    {
        using var said = new Said();
        await using var own = await OwnServer.Start(services => services.AddSingleton<ILoggerProvider>(said));
        await Planted.Make(await Clinic.Make(own.Salus));
        Assert.Empty(await RawRows.Holding(own.Salus, Planted.Word));
        // Names are found, so the search finds what is there.
        Assert.NotEmpty(await RawRows.Holding(own.Salus, "Bruno Doppio"));
        own.Salus.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Salus.Tests").LogWarning("This is heard");
        Assert.Contains(said.Lines, l => l.StartsWith("This is heard", StringComparison.Ordinal));
        Assert.All(said.Lines, l => Assert.DoesNotContain(Planted.Word, l, StringComparison.OrdinalIgnoreCase));
        await using var db = own.Salus.Database.Open();
        var unused = new List<string>();
        foreach (var table in SealedText.Of(db.Model))
        {
            foreach (var column in table.Columns)
            {
                var texts = (await RawRows.Of(db, table.Name, column.Column)).Where(t => t.Length > 0).ToList();
                Assert.All(texts, t => Assert.True(TextSeal.IsSealed(t), $"{column.Name}: {t}"));
                if (texts.Count == 0) unused.Add(column.Name);
            }
        }
        Assert.Equal(OfInsurers, unused.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task it_is_shown_as_it_was_typed_in_the_api_on_pages_over_FHIR_and_on_paper()
    {
        var clinic = await server.NewClinic();
        var planted = await Planted.Make(clinic);
        async Task Shows(Caller who, string path, params string[] fields)
        {
            var text = System.Text.RegularExpressions.Regex.Unescape((await who.Get(path)).Is(200).Text);
            foreach (var field in fields) Assert.Contains(Planted.In(field), text, StringComparison.Ordinal);
            Assert.DoesNotContain(TextSeal.Mark, text);
        }
        await Shows(clinic.Doctor, $"encounters/{planted.Visit}/chart", "complaint", "history", "examination", "assessment", "plan", "remark", "voiding", "resolution", "reaction", "note", "diagnosis", "summary", "instructions", "addendum");
        await Shows(clinic.Doctor, $"encounters/{planted.Open}/chart", "draft history", "draft plan");
        await Shows(clinic.Doctor, $"encounters/{planted.Visit}/orders", "indication", "order instructions", "sample", "result", "addendum to a result", "report", "cancellation");
        await Shows(clinic.Doctor, $"encounters/{planted.Visit}/referrals", "specialty", "recipient", "referral", "referral summary", "end of referral");
        await Shows(clinic.Doctor, $"encounters/{planted.Visit}/prescriptions", "dose", "frequency", "prescription instructions", "emergency", "override", "stopping", "withdrawal", "reaction");
        await Shows(clinic.Doctor, $"encounters/{planted.Visit}/administrations", "given dose", "held");
        await Shows(clinic.Doctor, $"encounters/{planted.Visit}/admission", "admission", "admission diagnosis", "transfer", "discharge");
        await Shows(clinic.Doctor, $"patients/{planted.Patient}/medications", "reported medicine");
        await Shows(clinic.Pharmacist, "pharmacy/dispensed", "dispensing");
        await Shows(clinic.Admin, "emergency-access", "broken glass");
        foreach (var (type, fields) in (IReadOnlyList<(string, string[])>)[("Condition", ["diagnosis", "end of problem"]), ("AllergyIntolerance", ["reaction"]), ("Observation", ["result"]), ("ServiceRequest", ["indication", "referral summary"]), ("MedicationRequest", ["dose", "stopping"]), ("Encounter", ["complaint"])])
            await Shows(clinic.Doctor, $"/fhir/{clinic.Slug}/{type}?patient={planted.Patient}&_count=100", fields);
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "doctor");
        foreach (var (page, field) in ((string, string)[])[("", "complaint"), ("/parts/consultation", "history"), ("/parts/notes", "note"), ("/parts/closing", "summary"), ("/orders", "report"), ("/prescriptions", "prescription instructions"), ("/ward", "discharge")])
        {
            using var answer = await browser.Get($"/{clinic.Slug}/visits/{planted.Visit}{page}");
            Assert.Contains(Planted.In(field), WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        }
        if (!Paper.CanBeRead) return;
        using var paper = await Paper.Get(clinic.Doctor, $"encounters/{planted.Visit}/documents/summary");
        var words = await paper.Text();
        foreach (var field in (string[])["complaint", "diagnosis", "summary", "addendum"]) Assert.Contains(Planted.In(field), words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_was_changed_in_the_database_or_moved_to_another_column_is_refused_and_the_rest_is_shown()
    {
        await using var own = await OwnServer.Start();
        var clinic = await Clinic.Make(own.Salus);
        var (visit, other) = (await clinic.Visit(), await clinic.Visit("Bruno Neri"));
        foreach (var v in (Guid[])[visit, other])
        {
            (await clinic.Nurse.Post($"encounters/{v}/notes", new { text = Planted.In("note") })).Is(201);
            (await clinic.Nurse.Post($"encounters/{v}/vitals", new { pulse = 70, remark = Planted.In("remark") })).Is(201);
        }
        var owner = own.Salus.As(await own.Salus.Owner(), clinic.Slug);
        string Of(Guid id) => $"'{own.Salus.Database.Id(id)}'";
        async Task Refused(string sql)
        {
            Assert.Equal(1, await own.Salus.Sql(sql));
            var refused = (await clinic.Doctor.Get($"encounters/{visit}/chart")).Refuses(500, "text.damaged");
            Assert.DoesNotContain(Planted.Word, refused.Text, StringComparison.Ordinal);
            Assert.NotEqual("", refused["unlock"].GetString());
            (await clinic.Doctor.Get($"encounters/{other}/chart")).Is(200);
        }
        await Refused($"UPDATE clinic_notes SET \"Text\" = (SELECT \"Remark\" FROM clinic_vital_signs WHERE \"EncounterId\" = {Of(visit)}) WHERE \"EncounterId\" = {Of(visit)}");
        using (var browser = new Browser(own.Salus))
        {
            await browser.SignIn(clinic, "doctor");
            using var page = await browser.Get($"/{clinic.Slug}/visits/{visit}");
            Assert.Equal(HttpStatusCode.InternalServerError, page.StatusCode);
            Assert.Contains("was changed from outside", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal("damaged", (await owner.Get("/api/v1/health/detail")).Is(200)["parts"].EnumerateArray().Single(p => p.Str("name") == TextCare.Name).Str("reason"));
        // The same text with its last character another one: the tag does not fit any more.
        await own.Salus.Sql($"UPDATE clinic_notes SET \"Text\" = (SELECT \"Text\" FROM clinic_notes WHERE \"EncounterId\" = {Of(other)}) WHERE \"EncounterId\" = {Of(visit)}");
        (await clinic.Doctor.Get($"encounters/{visit}/chart")).Is(200);
        await Refused($"UPDATE clinic_notes SET \"Text\" = substr(\"Text\", 1, 40) || 'AAAA' || substr(\"Text\", 45) WHERE \"EncounterId\" = {Of(visit)}");
    }

    [Fact]
    public async Task a_query_that_would_compare_sort_or_put_together_sealed_texts_is_refused_when_it_is_built()
    {
        var clinic = await server.NewClinic();
        await using var db = clinic.Open();
        IQueryable<object?>[] wrong =
        [
            db.Notes.Where(n => n.Text == clinic.Slug), db.Notes.Where(n => n.Text.Contains("xyz")), db.Notes.Where(n => n.Text.Length > 3), db.Notes.OrderBy(n => n.Text), db.Notes.Select(n => n.Text + "x"),
            db.Notes.GroupBy(n => n.Text).Select(g => (object)g.Count()), db.Notes.Select(n => n.Kind == NoteKind.Other ? n.Text : n.AboutKind), db.Allergies.Where(a => a.Reaction == a.Substance), db.Notes.Where(n => new[] { "a", "b" }.Contains(n.Text)),
            db.Encounters.OrderBy(e => e.Id).ThenByDescending(e => e.Complaint), db.Notes.Where(n => string.Compare(n.Text, "m") > 0),
        ];
        foreach (var query in wrong) Assert.Contains("is sealed", (await Assert.ThrowsAsync<InvalidOperationException>(() => query.ToListAsync())).Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (await db.Notes.CountAsync(n => n.Text != ""), (await db.Notes.Select(n => new { n.Id, n.Text }).ToListAsync()).Count));
    }

    /// <summary>Keeps what the program says.</summary>
    private sealed class Said : ILoggerProvider, ILogger
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Lines { get; } = [];
        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue($"{formatter(state, exception)} {exception}");
        public void Dispose() { }
    }
}
