using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Files.Contract;
using Salus.Modules.Files.Storage;

namespace Salus.Modules.Files;

/// <summary>Chooses, among the stores that the installation has set up, the one for new files of the organisation. What is stored already stays where it is.</summary>
public sealed class ChooseStore(Tools tools, FileStores stores, FilePlaces places) : UseCase<ChooseStore.Command, bool>(tools)
{
    public const string Action = "files.choose-store";

    public sealed record Command
    {
        /// <summary>Key of a place; empty: all that have no choice of their own.</summary>
        [Required(AllowEmptyStrings = true, ErrorMessage = "Please fill this in.")]
        public string Place { get; init; } = "";

        /// <summary>Key of a store; empty: what the installation has set.</summary>
        [Required(AllowEmptyStrings = true, ErrorMessage = "Please fill this in.")]
        public string Store { get; init; } = "";
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(FilePermissions.Manage);

    protected override async Task<bool> Handle(Command command, CancellationToken ct)
    {
        if (command.Place.Length > 0 && places.Find(command.Place) is null) throw Refusal.Field("place", "Choose one of the list.");
        if (command.Store.Length > 0 && stores.Set.All(s => s.Key != command.Store)) throw Refusal.Field("store", "Choose one of the list.");
        Subject("organisation", Db.OrganisationId, $"{command.Place}={command.Store}");
        var choice = await Db.Set<StoreChoice>().FirstOrDefaultAsync(c => c.Place == command.Place, ct);
        if (choice is null && command.Store.Length > 0) Db.Add(new StoreChoice { Place = command.Place, Store = command.Store });
        else if (command.Store.Length > 0) choice!.Store = command.Store;
        else if (choice is not null) Db.Remove(choice);
        return true;
    }
}
