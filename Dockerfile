# syntax=docker/dockerfile:1
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/Salus.Recommender/Salus.Recommender.csproj src/Salus.Recommender/
COPY src/Salus/Salus.csproj src/Salus/package.json src/Salus/package-lock.json src/Salus/
RUN dotnet restore src/Salus --use-current-runtime -p:PublishReadyToRun=true && cd src/Salus && npm ci --ignore-scripts --no-audit --no-fund && touch node_modules/.salus
COPY src src
RUN dotnet publish src/Salus -c Release --no-restore --use-current-runtime --self-contained false -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update && apt-get install -y --no-install-recommends libargon2-1 libpangocairo-1.0-0 fonts-noto-core fonts-noto-cjk fonts-symbola && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 salus && useradd --system --uid 10001 --gid salus --no-create-home salus \
    && mkdir /data /keys && chown salus:salus /data /keys && chmod 700 /data /keys
COPY --from=build /app /app
COPY --chmod=755 eng/entrypoint /entrypoint
USER salus
ENV SALUS_DATA=/data SALUS_KEYS=/keys SALUS_URLS=http://0.0.0.0:5080 DOTNET_EnableDiagnostics=0
VOLUME ["/data", "/keys"]
EXPOSE 5080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/entrypoint"]
CMD ["serve"]
