using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Wards;

namespace Salus.Modules.Clinic.Orders;

/// <summary>A result after it was written.</summary>
/// <param name="IsAlerted">The doctor is warned until somebody has acknowledged it.</param>
public sealed record ResultOutcome(Guid Id, Guid OrderId, Guid EncounterId, ResultFlag Flag, string Range, bool IsAlerted);

/// <summary>What the three ways to a result share: it is written once, ends its order, and a critical one warns the doctor.</summary>
public abstract class ResultUseCase<TCommand>(Tools tools, CareGuard guard) : OrderUseCase<TCommand, ResultOutcome>(tools, guard) where TCommand : class
{
    protected override bool IsRepeatable => true;

    protected ResultOutcome Write(Order order, Result result)
    {
        Moved(order, OrderAction.Finish);
        (result.EncounterId, result.PatientId, result.OrderId, result.RecordedBy, result.RecordedAt) = (order.EncounterId, order.PatientId, order.Id, Author, Now);
        Db.Add(result);
        var isAlerted = result.Flag == ResultFlag.Critical;
        if (isAlerted)
        {
            Db.Add(new Alert
            {
                EncounterId = order.EncounterId, PatientId = order.PatientId, Kind = order.Kind == OrderKind.Lab ? AlertKind.LabCritical : AlertKind.ImagingCritical, Severity = AlertSeverity.Critical,
                Title = order.Name, Detail = Detail(result), SourceId = result.Id, RaisedAt = Now,
            });
            Changed(WardBoard.Topic(Db.OrganisationId));
        }
        Subject("result", result.Id, $"{order.Kind} {result.Flag}", order.EncounterId);
        return new(result.Id, order.Id, order.EncounterId, result.Flag, result.Range, isAlerted);
    }

    private static string Detail(Result result)
    {
        var found = result.Value is { } value ? $"{Judgement.Say(value)} {result.Unit}".TrimEnd() : result.Text;
        var detail = result.Range.Length > 0 ? $"{(found.Length > 200 ? found[..200] + "…" : found)} ({result.Range})" : found;
        return detail.Length > 300 ? detail[..299] + "…" : detail;
    }

    // Two may have written at the same moment; the order's row and the unique result let one through.
    protected override Refusal Taken() => new(409, "order.state", "This is not possible: the order is “{0}”.", Words.Of(OrderState.Resulted)) { Unlock = "Look at the list again: somebody may have acted before you." };
}

/// <summary>The laboratory enters the result of a test: once, and never changed. The flag follows from the value and the reference range; the technician may raise it, not lower it.</summary>
public sealed class PostResult(Tools tools, CareGuard guard) : ResultUseCase<PostResult.Command>(tools, guard)
{
    public const string Action = "result.post";

    public sealed record Command
    {
        public Guid OrderId { get; init; }

        [Range(typeof(decimal), "-1000000000", "1000000000", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true, ErrorMessage = "This cannot be true; look at the figure again.")]
        public decimal? Value { get; init; }

        /// <summary>Only for tests that are not in the clinic's list, or have no unit there.</summary>
        [StringLength(30, ErrorMessage = "This is too long.")]
        public string? Unit { get; init; }

        /// <summary>The reference range, only for tests that have none in the clinic's list.</summary>
        [Range(typeof(decimal), "-1000000000", "1000000000", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true, ErrorMessage = "This cannot be true; look at the figure again.")]
        public decimal? Low { get; init; }

        [Range(typeof(decimal), "-1000000000", "1000000000", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true, ErrorMessage = "This cannot be true; look at the figure again.")]
        public decimal? High { get; init; }

        /// <summary>A result in words, or a remark beside the value.</summary>
        [StringLength(4000, ErrorMessage = "This is too long.")]
        public string? Text { get; init; }

        /// <summary>Empty: as the value says.</summary>
        public ResultFlag? Flag { get; init; }
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.LabResult;

    protected override async Task<ResultOutcome> Handle(Command command, CancellationToken ct)
    {
        var order = await HoldOrder(command.OrderId, command.Version, OrderKind.Lab, command, ct);
        var entry = await Db.Catalogue.AsNoTracking().FirstOrDefaultAsync(e => e.Id == order.CatalogueId, ct) ?? new CatalogueEntry();
        var words = Text.Lines(command.Text);
        if (command.Value is null && words.Length == 0) throw Refusal.Field("value", "Enter a value or words.");
        if (command.Low >= command.High) throw Refusal.Field("high", "The upper limit is above the lower one.");
        var unit = entry.Unit.Length > 0 ? entry.Unit : Kernel.Text.Clean(command.Unit);
        var hasRange = entry.Low is not null || entry.High is not null;
        var (low, high) = hasRange ? (entry.Low, entry.High) : (command.Low, command.High);
        var computed = command.Value is { } value ? Judgement.Of(value, low, high, entry.CriticalLow, entry.CriticalHigh) : Judgement.Of(words, entry.RangeText);
        if (computed is null && command.Flag is null) throw Refusal.Field("flag", "Say whether this is normal: there is nothing to compare it with.");
        if (command.Flag < computed) throw Refusal.Field("flag", "The flag is not lower than what the value says.");
        return Write(order, new()
        {
            Value = command.Value, Unit = command.Value is null ? "" : unit, Text = words, Flag = command.Flag ?? computed!.Value,
            Range = command.Value is null ? entry.RangeText : Judgement.Range(low, high, unit, entry.RangeText),
        });
    }
}

/// <summary>Radiology reports a study: once, and never changed.</summary>
public sealed class PostReport(Tools tools, CareGuard guard) : ResultUseCase<PostReport.Command>(tools, guard)
{
    public const string Action = "result.report";

    public sealed record Command
    {
        public Guid OrderId { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(20_000, ErrorMessage = "This is too long.")]
        public string Text { get; init; } = "";

        [Required(ErrorMessage = "Choose one of the list.")]
        public ResultFlag? Flag { get; init; }
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.ImagingReport;

    protected override async Task<ResultOutcome> Handle(Command command, CancellationToken ct)
    {
        var report = Text.Lines(command.Text);
        if (report.Length == 0) throw Refusal.Field("text", "Please fill this in.");
        return Write(await HoldOrder(command.OrderId, command.Version, OrderKind.Imaging, command, ct), new() { Text = report, Flag = command.Flag!.Value });
    }
}

/// <summary>A nurse has carried out a procedure; what was done is kept as its result.</summary>
public sealed class FinishProcedure(Tools tools, CareGuard guard) : ResultUseCase<FinishProcedure.Command>(tools, guard)
{
    public const string Action = "result.procedure";

    public sealed record Command
    {
        public Guid OrderId { get; init; }

        /// <summary>What was done and seen.</summary>
        [StringLength(4000, ErrorMessage = "This is too long.")]
        public string? Text { get; init; }
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.Procedure;

    protected override async Task<ResultOutcome> Handle(Command command, CancellationToken ct) =>
        Write(await HoldOrder(command.OrderId, command.Version, OrderKind.Procedure, command, ct), new() { Text = Text.Lines(command.Text), Flag = ResultFlag.Normal });
}
