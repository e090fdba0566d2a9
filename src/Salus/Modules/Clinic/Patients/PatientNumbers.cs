using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Patients;

/// <summary>Registration numbers: the next one of the clinic's scheme, or one that was brought along on paper.</summary>
public static class PatientNumbers
{
    /// <summary>The counter's row is locked until the commit: 200 who register at once get 200 numbers. Numbers brought along on paper are passed over.</summary>
    /// <exception cref="Refusal">409 <c>patient.numbers-used-up</c>.</exception>
    public static async Task<string> Next(SalusDb db, Organisation clinic, DateOnly today, CancellationToken ct)
    {
        var scheme = NumberScheme.Parse(clinic.NumberPattern)!;
        while (true)
        {
            var running = await Database.Next(db, $"patient:{clinic.NumberPattern}:{scheme.Period(today)}", scheme.First(clinic.NumberStart), ct);
            var number = scheme.Write(running, today)
                ?? throw new Refusal(409, "patient.numbers-used-up", "The numbering scheme has no numbers left.") { Unlock = "Choose a longer scheme in the settings." };
            if (!await db.Patients.AnyAsync(p => p.Number == number, ct)) return number;
        }
    }

    /// <exception cref="Refusal">422 on <c>number</c> when it does not fit the scheme; 409 <c>patient.number-taken</c>.</exception>
    public static async Task<string> Own(SalusDb db, Organisation clinic, string number, CancellationToken ct)
    {
        if (!NumberScheme.Parse(clinic.NumberPattern)!.Fits(number)) throw Refusal.Field("number", "The number does not have the form of this clinic's numbers.");
        if (await db.Patients.AnyAsync(p => p.Number == number, ct)) throw Taken();
        return number;
    }

    public static Refusal Taken() => new(409, "patient.number-taken", "Another patient has this number.") { Unlock = "Leave the number empty to get the next free one." };
}
