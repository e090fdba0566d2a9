using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Wards;

/// <summary>Adds one or several beds to a ward at once.</summary>
public sealed partial class AddBeds(Tools tools) : UseCase<AddBeds.Command, AddBeds.Added>(tools)
{
    public const string Action = "ward.add-beds";
    private const int Most = 100;

    public sealed record Command
    {
        public Guid WardId { get; init; }

        /// <summary>Names and ranges parted by commas or lines: <c>1-12, A1-A4, Window</c>.</summary>
        [Required(ErrorMessage = "Please fill this in."), StringLength(1000, ErrorMessage = "This is too long.")]
        public string Labels { get; init; } = "";
    }

    /// <param name="Labels">The names of the beds, one for each id.</param>
    public sealed record Added(Guid WardId, IReadOnlyList<Guid> Beds, IReadOnlyList<string> Labels);

    protected override string Name => Action;
    protected override bool IsRepeatable => true;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageWards);

    protected override async Task<Added> Handle(Command command, CancellationToken ct)
    {
        var ward = await Db.Wards.AsNoTracking().FirstOrDefaultAsync(w => w.Id == command.WardId && w.ArchivedAt == null, ct) ?? throw Refusal.NotFound();
        var labels = Read(command.Labels);
        var known = (await Db.Beds.Where(b => b.WardId == ward.Id && b.ArchivedAt == null).Select(b => b.Label).ToListAsync(ct)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (labels.FirstOrDefault(l => !known.Add(l)) is { } twice) throw new Refusal(409, "bed.exists", "There is already a bed “{0}” in this ward.", twice);
        var beds = labels.Select(label => new Bed { WardId = ward.Id, Label = label }).ToList();
        foreach (var bed in beds)
        {
            Db.Add(bed);
            Db.Add(bed.Move(BedAction.Add, Actor.Id, Now));
        }
        Subject("ward", ward.Id, $"{beds.Count} beds");
        Changed(WardBoard.Topic(Db.OrganisationId));
        return new(ward.Id, [.. beds.Select(b => b.Id)], labels);
    }

    /// <summary>What was typed as names, ranges written out. A first figure with zeros before it keeps its width: 01-12.</summary>
    /// <exception cref="Refusal">422 on <c>labels</c>.</exception>
    private static List<string> Read(string typed)
    {
        var labels = new List<string>();
        foreach (var part in typed.Split([',', ';', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(Text.Clean).Where(p => p.Length > 0))
        {
            var range = Range().Match(part);
            if (!range.Success || !string.Equals(range.Groups["p"].Value, range.Groups["q"].Value, StringComparison.Ordinal) && range.Groups["q"].Length > 0) labels.Add(part);
            else
            {
                var (from, to) = (int.Parse(range.Groups["from"].Value, CultureInfo.InvariantCulture), int.Parse(range.Groups["to"].Value, CultureInfo.InvariantCulture));
                if (to < from) throw Refusal.Field("labels", "A range goes from the smaller figure to the larger one.");
                if (to - from >= Most) throw Refusal.Field("labels", "These are too many at once.");
                var width = range.Groups["from"].Value.StartsWith('0') ? range.Groups["from"].Length : 0;
                labels.AddRange(Enumerable.Range(from, to - from + 1).Select(n => range.Groups["p"].Value + n.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0')));
            }
            if (labels.Count > Most) throw Refusal.Field("labels", "These are too many at once.");
        }
        if (labels.Count == 0) throw Refusal.Field("labels", "Please fill this in.");
        return labels.Any(l => l.Length > Bed.MostLabel) ? throw Refusal.Field("labels", "This is too long.") : labels;
    }

    [GeneratedRegex(@"^(?<p>[^0-9]{0,10})(?<from>[0-9]{1,6}) ?[-–] ?(?<q>[^0-9]{0,10})(?<to>[0-9]{1,6})$")]
    private static partial Regex Range();

    protected override Refusal Taken() => SaveBed.Exists();
}
