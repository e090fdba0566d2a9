using Salus.Kernel.Data;

namespace Salus.Modules.Payments.Contract;

/// <summary>
/// What every change of money is made with. The functions of this namespace run inside the transaction of the use case that calls them, so that what
/// is owed, what was paid and what follows from it are committed together or not at all.
/// </summary>
/// <param name="Db">The context of the use case, inside its transaction.</param>
/// <param name="Day">Today in the organisation's time zone.</param>
/// <param name="By">The account, device or key that does it; null: the program itself.</param>
/// <param name="Changed">Tells open pages after the commit; a use case gives its own <c>Changed</c>.</param>
public sealed record Booking(SalusDb Db, DateTime At, DateOnly Day, Guid? By, Action<string> Changed);
