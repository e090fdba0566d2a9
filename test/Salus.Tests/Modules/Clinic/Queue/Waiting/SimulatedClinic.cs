using Salus.Modules.Clinic.Queue.Waiting;

namespace Salus.Tests.Queue.Waiting;

/// <summary>A clinic that exists only in numbers: people come at random, doctors take lognormal times, some days are slow.</summary>
/// <param name="Doctors">How many serve at once.</param>
/// <param name="Spread">Spread of the logarithm of service times.</param>
/// <param name="DayPace">Spread of the logarithm of the pace of a day.</param>
/// <param name="Leaving">Share that leaves before the call.</param>
/// <param name="NoShow">Share that does not answer the call; that costs two minutes.</param>
/// <param name="Urgent">Share that is taken first.</param>
public sealed record SimulatedClinic(int Doctors, double Spread, double DayPace, double Leaving, double NoShow, double Urgent)
{
    private const double Open = 5 * 3600, Median = 540;

    public sealed record Patient(double Came, bool IsUrgent, bool Leaves, double Patience)
    {
        public double? Called { get; set; }
        public WaitRange? Told { get; set; }
    }

    private sealed class Doctor(Guid id)
    {
        public Guid Id { get; } = id;
        public double FreeAt { get; set; }
        public double? Since { get; set; }
    }

    private readonly Guid[] ids = [.. Enumerable.Range(1, 9).Select(i => new Guid(i, 0, 0, new byte[8]))];

    /// <summary>Plays one day; each who comes is told a range by the model, if there is one. What took how long is added to <paramref name="spans"/>.</summary>
    public List<Patient> Play(DateOnly day, Random random, WaitModel? model, List<ServiceSpan>? spans)
    {
        var pace = Math.Exp(DayPace * Normal(random));
        var doctors = Enumerable.Range(0, Doctors).Select(d => new Doctor(ids[d])).ToList();
        var (patients, waiting) = (Arrivals(random), new List<Patient>());
        var next = 0;
        while (next < patients.Count || waiting.Count > 0)
        {
            var free = doctors.MinBy(d => d.FreeAt)!;
            var arrival = next < patients.Count ? patients[next].Came : double.MaxValue;
            if (waiting.Count == 0 || arrival <= free.FreeAt)
            {
                var patient = patients[next++];
                waiting.Add(patient);
                if (model is not null && !patient.IsUrgent) patient.Told = Tell(model, patient, waiting, doctors);
                continue;
            }
            var now = Math.Max(free.FreeAt, waiting.Min(p => p.Came));
            waiting.RemoveAll(p => p.Leaves && p.Came + p.Patience < now);
            if (waiting.Count == 0) continue;
            Serve(free, waiting, now, day, pace, random, spans);
        }
        return patients;
    }

    private void Serve(Doctor doctor, List<Patient> waiting, double now, DateOnly day, double pace, Random random, List<ServiceSpan>? spans)
    {
        var patient = waiting.OrderByDescending(p => p.IsUrgent).ThenBy(p => p.Came).First();
        waiting.Remove(patient);
        var took = random.NextDouble() < NoShow ? 120 : pace * Median * Math.Exp(Spread * Normal(random));
        (patient.Called, doctor.Since, doctor.FreeAt) = (now, now, now + took);
        spans?.Add(new(day, doctor.Id, 8 + (int)(now / 3600), took));
    }

    private static WaitRange? Tell(WaitModel model, Patient patient, List<Patient> waiting, List<Doctor> doctors)
    {
        var now = patient.Came;
        var order = waiting.OrderByDescending(p => p.IsUrgent).ThenBy(p => p.Came).ToList();
        var work = doctors.Select(d => new AtWork(d.Id, d.FreeAt > now ? now - d.Since : null)).ToList();
        var ranges = model.Foresee(new Situation(8 + (int)(now / 3600), work, [.. order.Select(p => p.IsUrgent)], 0, (int)now));
        return ranges[order.IndexOf(patient)];
    }

    private List<Patient> Arrivals(Random random)
    {
        var (patients, at) = (new List<Patient>(), 0.0);
        var mean = Median * Math.Exp(Spread * Spread / 2);
        while ((at += -mean / Doctors / 1.0 * Math.Log(1 - random.NextDouble())) < Open)
            patients.Add(new(at, random.NextDouble() < Urgent, random.NextDouble() < Leaving, random.NextDouble() * 1800));
        return patients;
    }

    /// <summary>What a clinic's program would have learnt from these weeks.</summary>
    public WaitModel? Learn(int days, Random random)
    {
        var (spans, all) = (new List<ServiceSpan>(), new List<Patient>());
        for (var d = 0; d < days; d++) all.AddRange(Play(new DateOnly(2026, 1, 1).AddDays(d), random, null, spans));
        var hours = spans.Select(s => (s.Day, s.Hour)).Distinct().Count();
        return WaitModel.Learn(spans, hours == 0 ? 0 : (double)all.Count(p => p.IsUrgent) / hours, (double)all.Count(p => p.Called is null) / all.Count);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
