using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Salus.Web;

/// <summary>OpenAPI 3.1: every operation with its id, permission, refusals by code and the bearer scheme.</summary>
public static class ApiDescription
{
    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Salus", Version = "v1",
                Description = "Get an access token from `POST /api/v1/auth/token` and send it as `Authorization: Bearer …`. A display sends `device_` and its secret. "
                    + "Refusals are problem details (RFC 9457) with a stable `code`, sentences by field in `errors`, and in `unlock` what would help. Unknown fields are refused. "
                    + "The medical record as FHIR R4, for reading, is at `/fhir/{org}`; `/fhir/{org}/metadata` says what can be asked for.",
            };
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            var gate = metadata.OfType<Gate>().FirstOrDefault();
            var lines = new List<string>();
            if (gate is { IsPublic: true }) lines.Add("Public.");
            else
            {
                lines.Add(gate?.Permission is { } permission ? $"Needs the permission `{permission}`." : gate?.PlatformOwner == true ? "For the owner of the installation." : "For all who are signed in.");
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [] }];
            }
            var codes = metadata.OfType<Refuses>().SelectMany(r => r.Codes).Distinct().ToList();
            if (codes.Count > 0) lines.Add("Refuses with " + string.Join(", ", codes.Select(c => $"`{c}`")) + ".");
            if (metadata.OfType<Repeatable>().Any())
            {
                lines.Add("Honours `Idempotency-Key`: the same key and request are done once and answered the same.");
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = "Idempotency-Key", In = ParameterLocation.Header, Required = false, Description = "Any word of up to 100 characters, new for each intention.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 100 }, Example = JsonValue.Create("5f2c1e0a-1d2b-4c3a-9f7e-1a2b3c4d5e6f"),
                });
            }
            operation.Description = string.Join(' ', lines);
            operation.Responses ??= [];
            foreach (var (status, about) in gate is { IsPublic: true } ? Common.Take(1) : Common)
                operation.Responses.TryAdd(status, new OpenApiResponse { Description = about });
            return Task.CompletedTask;
        });
    });

    private static readonly (string Status, string About)[] Common =
    [
        ("400", "Malformed request (problem details)"), ("401", "Nobody is signed in"), ("403", "The role does not allow it"), ("404", "Absent, or not visible to the caller"),
        ("409", "The state does not allow it"), ("422", "Fields need attention; see `errors`"),
    ];
}
