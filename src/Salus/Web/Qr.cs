using QRCoder;

namespace Salus.Web;

/// <summary>QR codes as SVG, without inline styles.</summary>
public static class Qr
{
    public static string Svg(string text)
    {
        using var data = new QRCodeGenerator().CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var cells = data.ModuleMatrix;
        var path = new System.Text.StringBuilder();
        for (var y = 0; y < cells.Count; y++)
            for (var x = 0; x < cells.Count; x++)
                if (cells[y][x]) path.Append(System.Globalization.CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
        return $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {cells.Count} {cells.Count}\" role=\"img\" aria-label=\"QR\" shape-rendering=\"crispEdges\"><path fill=\"#000\" d=\"{path}\"/></svg>";
    }
}
