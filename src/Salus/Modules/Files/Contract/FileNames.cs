using Salus.Kernel;

namespace Salus.Modules.Files.Contract;

/// <summary>Names of files as people send them: shown and offered when saving, never used as a path.</summary>
public static class FileNames
{
    public const int Most = 120;

    /// <summary>The last part of a path, without control characters and marks that turn the direction of writing, with its ending kept when it is cut.</summary>
    public static string Clean(string? name)
    {
        // What stands before the last stroke is the sender's folder. A null byte ends a name for some programs and not for others: it becomes nothing.
        var text = Text.Clean((name ?? "").Split('/', '\\')[^1]);
        text = string.Concat(text.Select(c => "<>:\"|?*".Contains(c, StringComparison.Ordinal) ? '_' : c)).Trim('.', ' ');
        if (text.Length == 0) return "file";
        if (text.Length <= Most) return text;
        var ending = Path.GetExtension(text);
        return ending.Length is > 1 and <= 10 ? Cut(text, Most - ending.Length) + ending : Cut(text, Most);
    }

    // Never between the two halves of one character.
    private static string Cut(string text, int length) => text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)].TrimEnd();

    /// <summary>The ending in lower case without its dot; empty when there is none.</summary>
    public static string Ending(string name) => Path.GetExtension(name).TrimStart('.').ToLowerInvariant();
}
