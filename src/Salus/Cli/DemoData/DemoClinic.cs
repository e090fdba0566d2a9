using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Queue;
using Salus.Modules.Clinic.Queue.Waiting;
using Salus.Modules.Organisations.Contract;

namespace Salus.Cli.DemoData;

/// <summary>Writes the demo's clinic: 200 patients, 3 queues, 60 who wait, a month of history.</summary>
internal static class DemoClinic
{
    public const string Zone = "Europe/Rome", Password = "Sunrise-Clinic-7"; // printed for everybody: not a secret
    private const int Patients = 200, Days = 30;

    /// <summary>Fills an empty database; returns the secret of the waiting-room screen.</summary>
    public static async Task<string> Fill(IServiceProvider services, Database database, DateTime now, CancellationToken ct)
    {
        var random = new Random(20260101);
        var clinic = new Organisation { Slug = "aurora", Name = "Poliambulatorio Aurora", TimeZone = Zone, Language = "it", CallingCode = "39", CreatedAt = now.AddDays(-60) };
        var secret = Text.Secret();
        await database.Write(clinic.Id, async db =>
        {
            db.Add(clinic);
            await db.SaveChangesAsync(ct);
            var (doctors, nurse) = AddStaff(db, now);
            db.Add(new Device { Name = "Waiting room", SecretHash = Text.Hash(secret), CreatedAt = now.AddDays(-30) });
            var patients = AddPatients(db, random, now, clinic);
            await db.SaveChangesAsync(ct);
            var tickets = AddQueues(db, random, now, clinic, doctors, patients);
            var record = new DemoRecord(random, db, nurse, DateOnly.FromDateTime(now.In(clinic.Zone)), db.ChangeTracker.Entries<Patient>().ToDictionary(e => e.Entity.Id, e => e.Entity.BirthDate));
            foreach (var ticket in tickets.OrderBy(t => t.IssuedAt)) record.Write(ticket);
            // Who lies in the ward has not been in a queue of late.
            var (today, recent) = (DateOnly.FromDateTime(now.In(clinic.Zone)), tickets.Where(t => t.IssuedAt > now.AddDays(-4)).Select(t => t.PatientId).ToHashSet());
            var adults = db.ChangeTracker.Entries<Patient>().Where(e => e.Entity.BirthDate < today.AddYears(-18) && !recent.Contains(e.Entity.Id)).Select(e => e.Entity.Id).ToList();
            new DemoWard(db, now, clinic.Zone, nurse).Write(adults, doctors);
            await db.SaveChangesAsync(ct);
            return true;
        }, ct);
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<OrganisationSlot>().Current = clinic;
        await database.Write(clinic.Id, async db =>
        {
            await ActivatorUtilities.CreateInstance<DemoMoney>(scope.ServiceProvider, db, clinic, now).Write(ct);
            return true;
        }, ct);
        return secret;
    }

    private static (Guid[] Doctors, Guid Nurse) AddStaff(SalusDb db, DateTime now)
    {
        var hash = Passwords.Hash(Password);
        Guid Add(string email, string name, string roles)
        {
            var account = NewAccount.Make($"{email}@aurora.example", name, hash, now.AddDays(-60));
            account.IsPlatformOwner = email == "owner";
            db.Add(account);
            if (roles.Length > 0) db.Add(new Membership { AccountId = account.Id, Roles = roles, CreatedAt = now.AddDays(-60) });
            return account.Id;
        }
        Add("owner", "Olimpia Ferri", "");
        Add("admin", "Teresa Conti", Role.Admin);
        Add("reception", "Marta Gallo", Role.Receptionist);
        var nurse = Add("nurse", "Elena Bassi", Role.Nurse);
        Add("lab", "Davide Serra", Role.Lab);
        Add("radiology", "Rita Fontana", Role.Radiology);
        Add("pharmacist", "Paolo Neri", Role.Pharmacist);
        return ([Add("luca", "Luca Moretti", Role.Doctor), Add("nadia", "Nadia Haddad", Role.Doctor), Add("pietro", "Pietro De Luca", Role.Doctor), Add("sara", "Sara Lombardi", $"{Role.Admin} {Role.Doctor}"), Add("chiara", "Chiara Dubois", Role.Doctor)], nurse);
    }

    private static Guid[] AddPatients(SalusDb db, Random random, DateTime now, Organisation clinic)
    {
        var scheme = NumberScheme.Parse(clinic.NumberPattern)!;
        var today = DateOnly.FromDateTime(now);
        var ids = new Guid[Patients];
        for (var i = 0; i < Patients; i++)
        {
            var isWoman = random.Next(2) == 0;
            var first = isWoman ? DemoNames.Women : DemoNames.Men;
            var at = now.AddDays(-40).AddMinutes(i);
            var patient = new Patient
            {
                Name = $"{first[random.Next(first.Length)]} {DemoNames.Families[random.Next(DemoNames.Families.Length)]}", Gender = isWoman ? Gender.Female : Gender.Male,
                BirthDate = today.AddDays(-random.Next(365 * 2, 365 * 90)), Phone = random.Next(10) == 0 ? "" : $"+3934{random.Next(10_000_000, 99_999_999)}",
                Number = scheme.Write(scheme.First(clinic.NumberStart) + i, today)!, CreatedAt = at, UpdatedAt = at,
                Address = i % 3 == 0 ? $"Via Garibaldi {1 + i / 3}, Torino" : "", Email = i % 4 == 0 ? $"patient{i}@example.org" : "", BloodGroup = (BloodGroup)(i % 9),
            };
            // Some have named whom to call.
            if (i % 5 == 0) (patient.EmergencyName, patient.EmergencyPhone, patient.EmergencyRelation) = (DemoNames.Women[i % DemoNames.Women.Length], $"+39345{1_000_000 + i}", "sister");
            patient.Index();
            db.Add(patient);
            ids[i] = patient.Id;
        }
        db.Add(new Counter { OrganisationId = clinic.Id, Scope = $"patient:{clinic.NumberPattern}:", Value = scheme.First(clinic.NumberStart) + Patients - 1 });
        return ids;
    }

    private static List<Ticket> AddQueues(SalusDb db, Random random, DateTime now, Organisation clinic, Guid[] doctors, Guid[] patients)
    {
        var all = new List<Ticket>();
        var rooms = Enumerable.Range(1, 5).Select(n => new ServicePoint { Name = $"Ambulatorio {n}" }).ToArray();
        db.AddRange(rooms.AsEnumerable());
        (string Name, string Prefix, int[] Doctors, int Waiting)[] plans = [("Medicina generale", "A", [0, 1, 4], 34), ("Pediatria", "B", [2], 14), ("Cardiologia", "C", [3], 12)];
        foreach (var (name, prefix, serving, waiting) in plans)
        {
            var queue = new ServiceQueue { Name = name, Prefix = prefix, CreatedAt = now.AddDays(-60) };
            db.Add(queue);
            Guid[] who = [.. serving.Select(d => doctors[d])], where = [.. serving.Select(d => rooms[d].Id)];
            var past = new List<DemoDay>();
            for (var back = Days; back >= 1; back--)
            {
                var day = now.In(clinic.Zone).Date.AddDays(-back);
                if (day.DayOfWeek == DayOfWeek.Sunday) continue;
                var played = Played(random, clinic, queue, DateOnly.FromDateTime(day), who, where, patients, serving.Length * 19, 7.75, 12.25, DateTime.MaxValue);
                past.Add(played);
            }
            Tell(past, now, clinic.Zone);
            var today = Today(random, clinic, queue, now, who, where, patients, waiting);
            foreach (var played in past.Append(today)) { db.AddRange(played.Tickets); db.AddRange(played.Moves); all.AddRange(played.Tickets); }
            db.Add(new Counter { OrganisationId = clinic.Id, Scope = $"token:{queue.Id:N}:{today.Tickets[0].Day:yyyyMMdd}", Value = today.Tickets.Count });
            if (prefix == "C") db.Add(new Notice { QueueId = queue.Id, Text = "La dottoressa Lombardi è in ritardo di circa 15 minuti. Ci scusiamo.", DelayMinutes = 15, PostedAt = now.AddMinutes(-4), ExpiresAt = now.AddHours(3) });
        }
        return all;
    }

    private static DemoDay Played(Random random, Organisation clinic, ServiceQueue queue, DateOnly day, Guid[] doctors, Guid[] rooms, Guid[] patients, int arrivals, double from, double to, DateTime until)
    {
        var midnight = day.StartUtc(clinic.Zone);
        var played = new DemoDay(random, clinic.Id, queue, day, midnight.AddHours(from), doctors, rooms);
        played.Play(arrivals + random.Next(6), midnight.AddHours(to), until, Mix(random, patients));
        return played;
    }

    /// <summary>A morning that has as many waiting now as the demo wants: who would be more has not come yet.</summary>
    private static DemoDay Today(Random random, Organisation clinic, ServiceQueue queue, DateTime now, Guid[] doctors, Guid[] rooms, Guid[] patients, int waiting)
    {
        var day = DateOnly.FromDateTime(now.In(clinic.Zone));
        var opening = day.StartUtc(clinic.Zone).AddHours(7.75);
        for (var arrivals = waiting + (doctors.Length * 10); ; arrivals += 3)
        {
            var played = new DemoDay(random, clinic.Id, queue, day, opening, doctors, rooms);
            played.Play(arrivals, now.AddMinutes(-1), now, Mix(random, patients));
            if (played.Tickets.Count(t => t.State == TicketState.Waiting) < waiting) continue;
            while (played.Tickets.Count(t => t.State == TicketState.Waiting) > waiting && played.Tickets[^1].State == TicketState.Waiting) played.DropLast();
            if (played.Tickets.Count(t => t.State == TicketState.Waiting) == waiting) return played;
        }
    }

    /// <summary>What the last twelve days' patients were told when they came, by the same model as in the program.</summary>
    private static void Tell(List<DemoDay> past, DateTime now, TimeZoneInfo zone)
    {
        var spans = past.SelectMany(d => d.Tickets).Where(t => t is { CalledAt: not null, EndedAt: not null })
            .Select(t => new ServiceSpan(t.Day, t.ServedBy, t.CalledAt!.Value.In(zone).Hour, (t.EndedAt!.Value - t.CalledAt.Value).TotalSeconds + 45)).ToList();
        if (WaitModel.Learn(spans, 0.4) is not { } model) return;
        foreach (var day in past.Where(d => d.Tickets[0].IssuedAt > now.AddDays(-12)))
            foreach (var ticket in day.Tickets)
            {
                var at = ticket.IssuedAt;
                bool Waits(Ticket t) => t.IssuedAt <= at && (t.CalledAt is null || t.CalledAt >= at) && (t.EndedAt is null || t.EndedAt > at);
                var waiting = day.Tickets.Where(Waits).OrderByDescending(t => t.Rank).ThenBy(t => t.Number).ToList();
                var doctors = day.Tickets.Where(t => t.ServedBy is not null).Select(t => t.ServedBy).Distinct().Select(d =>
                    new AtWork(d, day.Tickets.Where(t => t.ServedBy == d && t.CalledAt <= at && (t.EndedAt is null || t.EndedAt > at)).Select(t => (double?)(at - t.CalledAt!.Value).TotalSeconds).FirstOrDefault())).ToList();
                var first = day.Tickets.Where(t => t.CalledAt is not null).Min(t => t.CalledAt!.Value);
                var ranges = model.Foresee(new(at.In(zone).Hour, doctors, [.. waiting.Select(t => t.Rank > 0)], Math.Max(0, (first - at).TotalSeconds), ticket.Number));
                var range = ranges[waiting.IndexOf(ticket)];
                (ticket.ToldFrom, ticket.ToldTo) = ((int)range.From / 60 * 60, ((int)range.To / 60 * 60) + 60);
            }
    }

    private static Guid[] Mix(Random random, Guid[] patients)
    {
        var mixed = patients.ToArray();
        random.Shuffle(mixed);
        return mixed;
    }
}
