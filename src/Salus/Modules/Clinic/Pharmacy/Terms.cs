using System.Collections.Frozen;
using System.Text;
using Salus.Modules.Clinic.Pharmacy.Drugs;

namespace Salus.Modules.Clinic.Pharmacy;

/// <summary>How names of medicines, ingredients, classes and substances are compared: by folded words without their plural, and without words that say nothing by themselves.</summary>
public static class Terms
{
    private const int MostWords = 4;

    // A salt, a form or a kind of effect that two medicines share does not make them alike.
    private static readonly FrozenSet<string> Generic = ((string[])
    [
        "acid", "sodium", "potassium", "calcium", "magnesium", "chloride", "hydrochloride", "sulfate", "sulphate", "phosphate", "acetate", "citrate", "tartrate", "maleate", "mesylate", "carbonate",
        "trihydrate", "monohydrate", "hydrate", "tablet", "capsule", "syrup", "solution", "suspension", "cream", "ointment", "drop", "injection", "ampoule", "bottle", "inhaler", "spray", "powder", "sachet",
        "drug", "medicine", "inhibitor", "blocker", "agonist", "antagonist", "vaccine", "vitamin", "oral", "with", "and", "the", "for", "other", "product", "forte", "retard", "plus", "extract",
        "compound", "complex", "daily", "once", "twice", "day", "morning", "evening", "night", "unit", "dose",
    ]).Select(Spelling).ToFrozenSet();

    /// <summary>The text as rules keep and compare it.</summary>
    public static string Key(string? text) => string.Join(' ', Words(text));

    private static string[] Words(string? text) => [.. Kernel.Text.Fold(text).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Spelling)];

    // Amoxycillin is amoxicillin, penicilina is penicillina, cephalexin is cefalexin. Codes are left as they are.
    private static string Spelling(string word)
    {
        if (word.Any(char.IsAsciiDigit)) return word;
        if (word.Length > 4 && word[^1] == 's' && word[^2] != 's') word = word[..^1];
        var spelled = new StringBuilder(word.Length);
        foreach (var c in word.Replace("ph", "f", StringComparison.Ordinal).Replace("th", "t", StringComparison.Ordinal).Replace("oe", "e", StringComparison.Ordinal).Replace("ae", "e", StringComparison.Ordinal))
        {
            var letter = c == 'y' ? 'i' : c;
            if (spelled.Length == 0 || spelled[^1] != letter) spelled.Append(letter);
        }
        return spelled.ToString();
    }

    private static bool Says(string word) => word.Length > 2 && !char.IsAsciiDigit(word[0]) && !Generic.Contains(word);

    /// <summary>The text itself, and every run of up to four of its words that says something.</summary>
    public static IEnumerable<string> Phrases(string? text)
    {
        var words = Words(text);
        if (words.Length > 0) yield return string.Join(' ', words);
        for (var from = 0; from < words.Length; from++)
            for (var length = 1; length <= MostWords && from + length <= words.Length; length++)
                if (words.AsSpan(from, length).ToArray().Any(Says)) yield return string.Join(' ', words, from, length);
    }

    /// <summary>True when two texts are the same or share a word that says something; names of one thing in neighbouring languages, such as penicillin and penicilline, agree.</summary>
    public static bool Meet(string one, string other)
    {
        var (left, right) = (Words(one), Words(other));
        if (left.Length > 0 && left.SequenceEqual(right)) return true;
        return left.Where(Says).Any(l => right.Where(Says).Any(r => Agree(l, r)));
    }

    private static bool Agree(string one, string other)
    {
        if (one == other) return true;
        var (shorter, longer) = (Math.Min(one.Length, other.Length), Math.Max(one.Length, other.Length));
        if (shorter < 6) return false;
        var same = 0;
        while (same < shorter && one[same] == other[same]) same++;
        return same >= longer - 2 && same >= shorter - 1;
    }
}

/// <summary>What one medicine is compared by.</summary>
/// <param name="DrugId">Null: in free words.</param>
/// <param name="Texts">Name, ingredients and class as they are written.</param>
/// <param name="Groups">Its class, and its chemical group in the ATC: another medicine of the same is a duplicate.</param>
public sealed record MedicineTerms(Guid? DrugId, string Name, IReadOnlyList<string> Texts, FrozenSet<string> Names, FrozenSet<string> Ingredients, FrozenSet<string> Classes, FrozenSet<string> Groups)
{
    /// <summary>Nothing is known of it but its name.</summary>
    public bool IsNameOnly => Texts.Count == 1;

    public static MedicineTerms Of(Drug drug)
    {
        var names = Terms.Phrases(drug.Name).ToFrozenSet();
        var classes = Drug.Split(drug.Class).Select(Terms.Key).Where(k => k.Length > 0).ToList();
        var atc = drug.Atc.ToLowerInvariant();
        var groups = atc.Length >= 5 ? classes.Append(atc[..5]) : classes;
        var levels = ((int[])[1, 3, 4, 5, 7]).Where(l => atc.Length >= l).Select(l => atc[..l]);
        return new(drug.Id, drug.Name, [drug.Name, .. drug.IngredientList, .. Drug.Split(drug.Class)], names, names.Concat(drug.IngredientList.SelectMany(Terms.Phrases)).ToFrozenSet(),
            classes.Concat(levels).ToFrozenSet(), groups.ToFrozenSet());
    }

    /// <summary>A medicine in free words: any word of them may be a name or an ingredient.</summary>
    public static MedicineTerms OfWords(string text)
    {
        var names = Terms.Phrases(text).ToFrozenSet();
        return new(null, text, [text], names, names, [], []);
    }

    public IEnumerable<string> All => Ingredients.Concat(Classes);

    /// <summary>By what a side of a rule names it.</summary>
    public FrozenSet<string> Side(RuleSide side) => side switch { RuleSide.Class => Classes, RuleSide.Ingredient => Ingredients, _ => Names };

    public bool Is(RuleSide side, string key) => Side(side).Contains(key);

    /// <summary>What two medicines have in common that makes one a duplicate of the other; null: nothing.</summary>
    public string? Shared(MedicineTerms other) =>
        DrugId is not null && DrugId == other.DrugId ? Name
        : (Ingredients.Where(other.Ingredients.Contains).OrderByDescending(k => k.Length).FirstOrDefault() ?? Groups.FirstOrDefault(other.Groups.Contains)) is { } key
            ? Texts.Concat(other.Texts).FirstOrDefault(t => Terms.Key(t) == key) ?? key : null;
}
