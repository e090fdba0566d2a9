using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Salus.Recommender.Data;

namespace Salus.Recommender.Features;

/// <summary>How one feature is made, with a version: whoever changes what it gives raises it, and models fitted on another version are told apart.</summary>
/// <typeparam name="T">What it is made from.</typeparam>
/// <param name="Name">Stable, such as "speciality"; without "=" and "@", which part it from its values and its version.</param>
/// <param name="Version">From 1.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Values">The values of one source with their weights, at least 0; nothing where nothing is known or nothing was consented to.</param>
public sealed record FeatureDefinition<T>(string Name, int Version, FeatureKind Kind, Func<T, IEnumerable<(string Value, float Weight)>> Values);

/// <summary>Features as they were computed once.</summary>
/// <param name="Table">Rows in the order of the identifiers.</param>
/// <param name="Rows">The identifiers, in ordinal order.</param>
/// <param name="Definitions">Name and version of each definition, in ordinal order.</param>
/// <param name="Fingerprint">SHA-256 over definitions, kinds, identifiers and values: equal means identical, bit for bit.</param>
public sealed record FeatureSnapshot(FeatureTable Table, IdMap Rows, IReadOnlyList<string> Definitions, string Fingerprint)
{
    /// <summary>The definitions as one text: what a model keeps to know features of its own kind by.</summary>
    public string Version => Table.Version;

    /// <summary>The rows of a catalogue in its own order; items without features get an empty row.</summary>
    public FeatureTable For(IdMap items)
    {
        var rows = items.Names.Select(Rows.Find).Select(r => (IReadOnlyList<(int, float)>)(r < 0 ? [] : [.. Table.Values.Row(r).ToArray().Zip(Table.Values.Weights(r).ToArray())])).ToList();
        return new(Table.Names, Table.Kinds, SparseMatrix.FromRows(rows, Table.Names.Count), Table.Version);
    }
}

/// <summary>Makes features from definitions. The same sources give the same snapshot in whatever order they come and on whatever machine.</summary>
public sealed class FeatureStore<T>
{
    private readonly FeatureDefinition<T>[] definitions;

    /// <param name="definitions">Each with a name of its own.</param>
    /// <exception cref="RecommenderException"><c>data.malformed</c>: two definitions with one name, or a name that cannot be told from its values; <c>options.range</c>: a version below 1.</exception>
    public FeatureStore(IEnumerable<FeatureDefinition<T>> definitions)
    {
        this.definitions = [.. definitions.OrderBy(d => d.Name, StringComparer.Ordinal)];
        if (this.definitions.Select(d => d.Name).Distinct(StringComparer.Ordinal).Count() != this.definitions.Length) throw new RecommenderException(Faults.Malformed, "Two features have the same name.");
        if (this.definitions.Any(d => d.Name.Length == 0 || d.Name.AsSpan().IndexOfAny("=@, ") >= 0)) throw new RecommenderException(Faults.Malformed, "The name of a feature must not be empty and not hold '=', '@', a comma or a blank.");
        if (this.definitions.Any(d => d.Version < 1)) throw new RecommenderException(Faults.Range, "Versions of features begin at 1.");
    }

    /// <param name="sources">Each with the identifier of its row.</param>
    public FeatureSnapshot Compute(IEnumerable<(string Id, T Source)> sources)
    {
        var ordered = sources.OrderBy(s => s.Id, StringComparer.Ordinal).ToList();
        var rows = new IdMap(ordered.Select(s => s.Id));
        var found = ordered.Select(s => definitions.SelectMany(d => d.Values(s.Source).Select(v => (Name: $"{d.Name}={v.Value}", d.Kind, v.Weight))).ToList()).ToList();
        foreach (var value in found.SelectMany(f => f))
            if (!float.IsFinite(value.Weight)) throw new RecommenderException(Faults.NotFinite, "The value of a feature is not a finite number.");
        var kinds = new SortedDictionary<string, FeatureKind>(StringComparer.Ordinal);
        foreach (var value in found.SelectMany(f => f)) kinds[value.Name] = value.Kind;
        var names = new IdMap(kinds.Keys);
        var matrix = SparseMatrix.FromRows([.. found.Select(f => (IReadOnlyList<(int, float)>)[.. f.Where(v => v.Weight > 0).Select(v => (names.Find(v.Name), v.Weight))])], names.Count);
        string[] versions = [.. definitions.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Name}@{d.Version}"))];
        return new(new(names, [.. kinds.Values], matrix, string.Join(", ", versions)), rows, versions, Fingerprint(versions, rows, names, [.. kinds.Values], matrix));
    }

    private string Fingerprint(string[] versions, IdMap rows, IdMap names, FeatureKind[] kinds, SparseMatrix matrix)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // How many of each: a name must not be able to pass from one list into the next.
        foreach (var list in new[] { versions, rows.Names, names.Names })
        {
            Number(list.Count);
            foreach (var text in list)
            {
                var bytes = StrictText.Bytes(text);
                Number(bytes.Length);
                hash.AppendData(bytes);
            }
        }
        foreach (var kind in definitions.Select(d => d.Kind).Concat(kinds)) Number((int)kind);
        foreach (var start in matrix.Starts) Number(start);
        foreach (var column in matrix.Columns) Number(column);
        foreach (var value in matrix.Values) Number(BitConverter.SingleToInt32Bits(value));
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Number(int value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            hash.AppendData(bytes);
        }
    }
}

/// <summary>The usual ways to make features.</summary>
public static class FeatureValues
{
    /// <summary>Words of at least three letters or digits, lower case, compatibility forms made one, each with the root of its count.</summary>
    /// <exception cref="RecommenderException"><c>data.malformed</c>: half of a surrogate pair.</exception>
    public static IEnumerable<(string Value, float Weight)> Words(string? text)
    {
        StrictText.Check(text ?? "");
        var words = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var word = new StringBuilder();
        foreach (var c in (text ?? "").Normalize(NormalizationForm.FormKC).ToLowerInvariant() + " ")
            if (char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark) word.Append(c);
            else
            {
                if (word.Length >= 3) words[word.ToString()] = words.GetValueOrDefault(word.ToString()) + 1;
                word.Clear();
            }
        return words.Select(w => (w.Key, MathF.Sqrt(w.Value)));
    }

    /// <summary>The cells of the map a place lies in, about 11 and 111 km high: near places share both.</summary>
    public static IEnumerable<(string Value, float Weight)> Cells(double latitude, double longitude)
    {
        foreach (var size in new[] { 0.1, 1.0 })
            yield return (string.Create(CultureInfo.InvariantCulture, $"{size}:{Math.Floor(latitude / size)}:{Math.Floor(longitude / size)}"), 1);
    }

    /// <summary>Bands of prices that double: 1-2, 2-4, 4-8 ... in minor units.</summary>
    public static IEnumerable<(string Value, float Weight)> PriceBand(long? minorUnits) =>
        minorUnits is { } price and >= 0 ? [(price == 0 ? "free" : string.Create(CultureInfo.InvariantCulture, $"2^{(int)Math.Log2(price)}"), 1f)] : [];

    /// <summary>One of a list, such as a speciality or a language; nothing when it is not known.</summary>
    public static IEnumerable<(string Value, float Weight)> Category(string? value) => string.IsNullOrWhiteSpace(value) ? [] : [(value.Trim(), 1f)];
}
