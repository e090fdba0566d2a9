using System.Runtime.InteropServices;
using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

/// <summary>Writes the parts of a model, little-endian.</summary>
internal sealed class ModelWriter(Stream output) : IDisposable
{
    private readonly BinaryWriter writer = new(output, StrictText.Utf8, leaveOpen: true);

    /// <summary>How many models are open, one within the other.</summary>
    public int Depth { get; set; }

    public void Number(int value) => writer.Write(value);

    public void Real(double value) => writer.Write(value);

    public void Text(string value) => writer.Write(value);

    public void Array<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        writer.Write(values.Length);
        // In pieces, so that an array of more than 2 GB passes too.
        for (var at = 0; at < values.Length; at += 1 << 20)
            writer.Write(MemoryMarshal.AsBytes(values.Slice(at, Math.Min(1 << 20, values.Length - at))));
    }

    public void Dense(Matrix matrix)
    {
        Number(matrix.Rows);
        Number(matrix.Columns);
        Array<float>(matrix.Values);
    }

    public void Compact(CompactRows matrix)
    {
        Number(matrix.Rows);
        Number(matrix.Columns);
        Array(matrix.Strips);
        Array(matrix.Unit);
    }

    public void Sparse(SparseMatrix matrix)
    {
        Number(matrix.Rows);
        Number(matrix.ColumnCount);
        Array<int>(matrix.Starts);
        Array<int>(matrix.Columns);
        Array<float>(matrix.Values);
    }

    public void Ids(IdMap ids)
    {
        Number(ids.Count);
        foreach (var id in ids.Names) Text(id);
    }

    public void Dispose() => writer.Dispose();
}

/// <summary>Reads them back. What does not fit is a corrupt file, never an exception of another kind and never a huge allocation.</summary>
internal sealed class ModelReader(Stream input) : IDisposable
{
    private readonly BinaryReader reader = new(input, StrictText.Utf8, leaveOpen: true);

    /// <summary>How many models are open, one within the other.</summary>
    public int Depth { get; set; }

    public void Dispose() => reader.Dispose();

    public int Number() => reader.ReadInt32();

    public double Real() => reader.ReadDouble();

    public string Text() => reader.ReadString();

    public T[] Array<T>() where T : unmanaged
    {
        var length = reader.ReadInt32();
        if (length < 0 || length * (long)Marshal.SizeOf<T>() > input.Length - input.Position) throw Corrupt("an array is longer than the file");
        var values = new T[length];
        for (var at = 0; at < length; at += 1 << 20)
            input.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(1 << 20, length - at))));
        return values;
    }

    public float[] Reals()
    {
        var values = Array<float>();
        if (values.Any(v => !float.IsFinite(v))) throw Corrupt("a number is not finite");
        return values;
    }

    public Matrix Dense()
    {
        var (rows, columns) = (Number(), Number());
        var values = Reals();
        return rows >= 0 && columns >= 0 && (long)rows * columns == values.LongLength ? new(rows, columns, values) : throw Corrupt("a matrix has the wrong shape");
    }

    public CompactRows Compact()
    {
        var (rows, columns, strips, unit) = (Number(), Number(), Array<short>(), Reals());
        return rows >= 0 && columns >= 0 && unit.Length == rows && CompactRows.Length(rows, columns) == strips.LongLength ? new(rows, columns, strips, unit) : throw Corrupt("a matrix has the wrong shape");
    }

    public SparseMatrix Sparse()
    {
        var (rows, columns) = (Number(), Number());
        return new(rows, columns, Array<int>(), Array<int>(), Array<float>());
    }

    public IdMap Ids()
    {
        var count = Number();
        if (count < 0 || count > input.Length) throw Corrupt("the catalogue is longer than the file");
        var ids = new IdMap();
        for (var i = 0; i < count; i++)
            if (ids.Add(Text()) != i) throw Corrupt("an identifier stands there twice");
        return ids;
    }

    /// <summary>Fails unless a length is what the catalogue asks for.</summary>
    public static void Expect(int found, int wanted)
    {
        if (found != wanted) throw Corrupt("a part does not fit the catalogue");
    }

    public static RecommenderException Corrupt(string what, Exception? inner = null) => new(Faults.CorruptModel, $"The model file is damaged: {what}.", inner);
}
