using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Salus.Modules.Files.Images;

#pragma warning disable IDE1006, SYSLIB1054, CA5393, CA2101, CA5392 // the library's own names; plain types that need no generated marshalling; it lies beside the program
/// <summary>The few functions of libvips that are called, by their own names (docs/adr/0025).</summary>
internal static unsafe class Vips
{
    private const string Library = "salus-vips";

    /// <summary>True when the library is there and could be started.</summary>
    public static bool IsThere { get; } = Start();

    private static bool Start()
    {
        if (Load() == 0) return false;
        NativeLibrary.SetDllImportResolver(typeof(Vips).Assembly, (name, _, _) => name == Library ? Load() : 0);
        // Broken pictures would write a line to standard error for each of their rows.
        _ = g_setenv("VIPS_WARNING", "0", 1);
        if (vips_init("salus") != 0) return false;
        // Of a library that reads dozens of formats, four readers are let in.
        vips_block_untrusted_set(1);
        vips_operation_block_set("VipsForeignLoad", 1);
        foreach (var reader in (string[])["Jpeg", "Png", "Webp", "Tiff"]) vips_operation_block_set("VipsForeignLoad" + reader, 0);
        // Many small pictures side by side rather than one in many threads; nothing that people sent is remembered.
        vips_concurrency_set(1);
        vips_cache_set_max(0);
        return true;
    }

    /// <summary>Beside the program, where the build puts it, else the system's.</summary>
    private static nint Load()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "vips");
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder, "libvips-cpp.*") : [])
            if (NativeLibrary.TryLoad(path, out var beside)) return beside;
        return NativeLibrary.TryLoad("libvips.so.42", Assembly.GetExecutingAssembly(), null, out var installed) ? installed : 0;
    }

    /// <summary>A value with its type, as GObject hands them over.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct GValue
    {
        public nuint Type;
        public long First, Second;
    }

    public static void SetObject(nint to, string name, nint value, nuint type)
    {
        GValue box = default;
        g_value_init(&box, type);
        g_value_set_object(&box, value);
        g_object_set_property(to, name, &box);
        g_value_unset(&box);
    }

    /// <summary>An output; the caller owns a reference to it.</summary>
    public static nint GetObject(nint from, string name, nuint type)
    {
        GValue box = default;
        g_value_init(&box, type);
        g_object_get_property(from, name, &box);
        var value = g_object_ref(g_value_get_object(&box));
        g_value_unset(&box);
        return value;
    }

    /// <summary>What was written to a target in memory.</summary>
    public static byte[] BytesOf(nint target)
    {
        GValue box = default;
        g_value_init(&box, vips_blob_get_type());
        g_object_get_property(target, "blob", &box);
        nuint length;
        var memory = vips_blob_get(g_value_get_boxed(&box), &length);
        var bytes = new Span<byte>((void*)memory, checked((int)length)).ToArray();
        g_value_unset(&box);
        return bytes;
    }

    /// <summary>Runs an operation by name; the result must be released with <see cref="Release"/>.</summary>
    /// <exception cref="InvalidDataException">It failed: the picture is broken, or is none.</exception>
    public static nint Run(string operation, (string Name, nint Value, nuint Type)[] objects, params (string Name, string Value)[] options)
    {
        var made = vips_operation_new(operation);
        if (made == 0) throw Failed();
        try
        {
            foreach (var (name, value, type) in objects) SetObject(made, name, value, type);
            foreach (var (name, value) in options)
                if (vips_object_set_argument_from_string(made, name, value) != 0) throw Failed();
            var built = vips_cache_operation_build(made);
            if (built != 0) return built;
            vips_object_unref_outputs(made);
            throw Failed();
        }
        finally { g_object_unref(made); }
    }

    public static void Release(nint built)
    {
        vips_object_unref_outputs(built);
        g_object_unref(built);
    }

    private static InvalidDataException Failed()
    {
        // What it says may hold bytes of the picture; nobody needs it.
        vips_error_clear();
        return new InvalidDataException("The picture could not be read.");
    }

    public static nint NewSource(nint state)
    {
        var source = vips_source_custom_new();
        _ = g_signal_connect_data(source, "read", (nint)(delegate* unmanaged[Cdecl]<nint, byte*, long, nint, long>)&Read, state, 0, 0);
        _ = g_signal_connect_data(source, "seek", (nint)(delegate* unmanaged[Cdecl]<nint, long, int, nint, long>)&Seek, state, 0, 0);
        return source;
    }

    public static nint NewTarget(nint state)
    {
        var target = vips_target_custom_new();
        _ = g_signal_connect_data(target, "write", (nint)(delegate* unmanaged[Cdecl]<nint, byte*, long, nint, long>)&Write, state, 0, 0);
        return target;
    }

    /// <summary>What the callbacks work on. An error must not cross the library: it is kept, and thrown behind it.</summary>
    internal sealed class State
    {
        public Stream? From;
        public Storage.SealedWriter? To;
        public Exception? Error;
    }

    private static State Of(nint state) => (State)GCHandle.FromIntPtr(state).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Read(nint source, byte* buffer, long length, nint state)
    {
        try { return Of(state).From!.Read(new Span<byte>(buffer, (int)Math.Min(length, int.MaxValue))); }
        catch (Exception error) { Of(state).Error ??= error; return -1; }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Seek(nint source, long offset, int whence, nint state)
    {
        try { return Of(state).From!.Seek(offset, (SeekOrigin)whence); }
        catch (Exception error) { Of(state).Error ??= error; return -1; }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Write(nint target, byte* data, long length, nint state)
    {
        try { Of(state).To!.Write(new ReadOnlySpan<byte>(data, (int)length)); return length; }
        catch (Exception error) { Of(state).Error ??= error; return -1; }
    }

    [DllImport(Library)] private static extern int vips_init([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
    [DllImport(Library)] private static extern void vips_block_untrusted_set(int state);
    [DllImport(Library)] private static extern void vips_operation_block_set([MarshalAs(UnmanagedType.LPUTF8Str)] string name, int state);
    [DllImport(Library)] private static extern void vips_concurrency_set(int count);
    [DllImport(Library)] private static extern void vips_cache_set_max(int count);
    [DllImport(Library)] private static extern void vips_error_clear();
    [DllImport(Library)] private static extern nint vips_operation_new([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
    [DllImport(Library)] private static extern nint vips_cache_operation_build(nint operation);
    [DllImport(Library)] private static extern int vips_object_set_argument_from_string(nint operation, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value);
    [DllImport(Library)] private static extern void vips_object_unref_outputs(nint operation);
    [DllImport(Library)] private static extern nint vips_source_custom_new();
    [DllImport(Library)] private static extern nint vips_target_custom_new();
    [DllImport(Library)] public static extern nint vips_target_new_to_memory();
    [DllImport(Library)] private static extern nuint vips_blob_get_type();
    [DllImport(Library)] private static extern nint vips_blob_get(nint blob, nuint* length);
    [DllImport(Library)] private static extern nint g_value_get_boxed(GValue* value);
    [DllImport(Library)] public static extern nuint vips_source_get_type();
    [DllImport(Library)] public static extern nuint vips_target_get_type();
    [DllImport(Library)] public static extern nuint vips_image_get_type();
    [DllImport(Library)] public static extern int vips_image_get_width(nint image);
    [DllImport(Library)] public static extern int vips_image_get_height(nint image);
    [DllImport(Library)] public static extern int vips_image_get_bands(nint image);
    [DllImport(Library)] public static extern void vips_thread_shutdown();
    [DllImport(Library)] public static extern void g_object_unref(nint item);
    [DllImport(Library)] private static extern int g_setenv([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
    [DllImport(Library)] private static extern nint g_object_ref(nint item);
    [DllImport(Library)] private static extern void g_object_set_property(nint item, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, GValue* value);
    [DllImport(Library)] private static extern void g_object_get_property(nint item, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, GValue* value);
    [DllImport(Library)] private static extern nint g_value_init(GValue* value, nuint type);
    [DllImport(Library)] private static extern void g_value_set_object(GValue* value, nint item);
    [DllImport(Library)] private static extern nint g_value_get_object(GValue* value);
    [DllImport(Library)] private static extern void g_value_unset(GValue* value);
    [DllImport(Library)] private static extern nuint g_signal_connect_data(nint item, [MarshalAs(UnmanagedType.LPUTF8Str)] string signal, nint handler, nint data, nint destroy, int flags);
}
