using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Salus.Kernel;

namespace Salus.Web;

/// <summary>A form that was posted by one of our own pages. Binding it checks the antiforgery token, so no page handler can forget to.</summary>
public sealed class Form
{
    private readonly IFormCollection fields;

    private Form(IFormCollection fields) => this.fields = fields;

    public static async ValueTask<Form?> BindAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType) throw new Refusal(415, "media-type", "This kind of content is not understood here.");
        await http.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(http);
        return new Form(await http.Request.ReadFormAsync());
    }

    public string this[string name] => fields[name].ToString();
    public string[] All(string name) => [.. fields[name].OfType<string>()];
    public bool Flag(string name) => fields[name].Contains("true");
    public Guid? Id(string name) => Read<Guid>(name, (string t, out Guid v) => Guid.TryParse(t, out v));
    public int? Number(string name) => Read<int>(name, (string t, out int v) => int.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out v));
    /// <summary>With a point or a comma, as people type it.</summary>
    public decimal? Amount(string name) => Read<decimal>(name, (string t, out decimal v) => decimal.TryParse(t.Replace(',', '.'), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out v));
    public DateOnly? Date(string name) => Read<DateOnly>(name, (string t, out DateOnly v) => DateOnly.TryParseExact(t, "yyyy-MM-dd", out v));
    public T Choice<T>(string name) where T : struct, Enum => Read<T>(name, (string t, out T v) => Enum.TryParse(t, true, out v) && Enum.IsDefined(v)) ?? default;
    /// <summary>The same where nothing may be taken for granted: null when none was chosen.</summary>
    public T? Chosen<T>(string name) where T : struct, Enum => this[name].Trim().Length == 0 ? null : Choice<T>(name);

    /// <summary>A file that was sent along; null when none was chosen. One byte more than <paramref name="most"/> is read at most, so that a larger one is seen to be too large.</summary>
    public async Task<byte[]?> File(string name, int most)
    {
        if (fields.Files[name] is not { Length: > 0 } file) return null;
        if (file.Length > most) return new byte[most + 1];
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>A file that was sent along, to be read as a stream, twice if need be; the server keeps large ones on disk.</summary>
    /// <exception cref="Refusal">422 when none was chosen.</exception>
    public Stream Open(string name) => fields.Files[name] is { Length: > 0 } file ? file.OpenReadStream() : throw Refusal.Field(name, "Choose a file first.");

    /// <summary>The key that the page made for this intention; the same form sent twice is done once.</summary>
    public string? Once => fields["once"].ToString() is { Length: > 0 and <= 100 } key ? key : null;

    private delegate bool Reader<T>(string text, out T value);

    private T? Read<T>(string name, Reader<T> read) where T : struct
    {
        var text = this[name].Trim();
        if (text.Length == 0) return null;
        return read(text, out var value) ? value : throw Refusal.Field(name, "This value does not fit.");
    }
}
