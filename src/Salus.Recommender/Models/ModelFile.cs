using System.Security.Cryptography;
using Salus.Recommender.Data;

namespace Salus.Recommender.Models;

/// <summary>Models in files: a head, the body, and a SHA-256 over both at the end. A file is written beside its place and moved there when it is whole, so that
/// a reader finds the old model or the new one. A file of a <see cref="GraphFilter"/>, or of a <see cref="Blend"/> with one, holds who took what, row by row without names: guard
/// it as the events themselves. docs/recommender.md says what the others hold.</summary>
public static class ModelFile
{
    private const string Head = "SALUS-REC";
    private const int Version = 3;

    /// <summary>Blends within blends; without a bound a made-up file could exhaust the stack, which nothing can catch.</summary>
    private const int MostDepth = 4;

    private static readonly Dictionary<string, Func<ModelReader, IdMap, Model>> Readers = new()
    {
        [Prior.KindName] = Prior.Read,
        [GraphFilter.KindName] = GraphFilter.Read,
        [Ease.KindName] = Ease.Read,
        [ItemNeighbours.KindName] = ItemNeighbours.Read,
        [ImplicitAls.KindName] = ImplicitAls.Read,
        [ContentModel.KindName] = ContentModel.Read,
        [Blend.KindName] = Blend.Read,
    };

    /// <param name="model">Any model of this library.</param>
    /// <param name="path">Where; a model that stands there is replaced in one step.</param>
    public static void Save(Model model, string path)
    {
        WholeFile.Write(path, file =>
        {
            using (var writer = new ModelWriter(file))
            {
                writer.Text(Head);
                writer.Number(Version);
                writer.Ids(model.Items);
                Write(writer, model);
            }
            file.Position = 0;
            var hash = SHA256.HashData(file);
            file.Write(hash);
        });
    }

    /// <exception cref="RecommenderException"><c>model.corrupt</c>: cut, changed or not a model; <c>model.unknown</c>: of a kind or version this program does not know.</exception>
    public static Model Load(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length < SHA256.HashSizeInBytes) throw ModelReader.Corrupt("it is too short");
            Check(file);
            using var reader = new ModelReader(file);
            if (reader.Text() != Head) throw ModelReader.Corrupt("it does not begin as a model does");
            if (reader.Number() != Version) throw new RecommenderException(Faults.UnknownModel, "The model file is of another version of this program; train it again.");
            return Read(reader, reader.Ids());
        }
        catch (RecommenderException broken) when (broken.Code is not (Faults.CorruptModel or Faults.UnknownModel))
        {
            throw ModelReader.Corrupt("its parts do not fit together", broken);
        }
        catch (Exception broken) when (broken is IOException or FormatException or ArithmeticException or ArgumentException or UnauthorizedAccessException)
        {
            throw ModelReader.Corrupt("it cannot be read", broken);
        }
    }

    internal static void Write(ModelWriter writer, Model model)
    {
        if (++writer.Depth > MostDepth) throw new RecommenderException(Faults.Range, $"A model file holds blends within blends to a depth of {MostDepth}.");
        writer.Text(model.Kind);
        writer.Array<float>(model.Taken);
        model.Write(writer);
        writer.Depth--;
    }

    internal static Model Read(ModelReader reader, IdMap items)
    {
        if (++reader.Depth > MostDepth) throw ModelReader.Corrupt("its blends lie too deep within each other");
        if (!Readers.TryGetValue(reader.Text(), out var read)) throw new RecommenderException(Faults.UnknownModel, "The model file holds a kind of model this program does not know.");
        var taken = reader.Reals();
        if (taken.Length > 0) ModelReader.Expect(taken.Length, items.Count);
        var model = read(reader, items);
        model.Taken = taken;
        reader.Depth--;
        return model;
    }

    private static void Check(FileStream file)
    {
        var body = file.Length - SHA256.HashSizeInBytes;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        for (var left = body; left > 0;)
        {
            var read = file.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0) throw ModelReader.Corrupt("it is cut");
            hash.AppendData(buffer, 0, read);
            left -= read;
        }
        var written = new byte[SHA256.HashSizeInBytes];
        file.ReadExactly(written);
        if (!CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), written)) throw ModelReader.Corrupt("its checksum is wrong");
        file.Position = 0;
    }
}
