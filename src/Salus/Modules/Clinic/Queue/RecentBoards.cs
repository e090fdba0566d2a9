using Salus.Kernel;
using Salus.Kernel.Live;

namespace Salus.Modules.Clinic.Queue;

/// <summary>
/// The last board of each clinic, for all its screens and phones: it is the same for everybody who may see it. It is kept
/// until anything in the clinic changes on this node or a topic says so from another, and never longer than two seconds.
/// </summary>
public sealed class RecentBoards(LiveTopics live, TimeProvider clock)
{
    private readonly RecentlyRead<(Guid Organisation, Guid Settings, DateOnly Day, Guid? Queue), BoardView> boards = new(TimeSpan.FromSeconds(2), most: 500, clock);

    public ValueTask<BoardView> Get((Guid Organisation, Guid Settings, DateOnly Day, Guid? Queue) key, Func<Task<BoardView>> read) =>
        boards.Get(key, live.Stamp(key.Organisation), read);
}
