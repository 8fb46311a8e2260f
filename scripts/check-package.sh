#!/usr/bin/env bash
# Packs the libraries and uses them as others do: a new console project for each, which gets them from a folder and has nothing else
# of ours. Bytemill.Tokenization must restore without any other source. Needs nothing but the SDK and, for the adapter, the usual
# package source. Leaves nothing behind.
set -euo pipefail

cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=0.0.0-check

fail() {
    echo "check-package.sh: $*" >&2
    exit 1
}

for name in Bytemill.Tokenization Bytemill.MLTokenizers; do
    dotnet pack "src/$name" --configuration Release --output "$work/feed" -p:Version=$version -p:ContinuousIntegrationBuild=true --verbosity quiet
    package="$work/feed/$name.$version.nupkg"
    [[ -f $package ]] || fail "no $package"
    [[ -f $work/feed/$name.$version.snupkg ]] || fail "no symbols for $name"
    unzip -qo "$package" -d "$work/$name"
    for file in README.md NOTICE "lib/net10.0/$name.dll" "lib/net10.0/$name.xml"; do
        [[ -s $work/$name/$file ]] || fail "$name has no $file"
    done
    grep -q '<license type="expression">Apache-2.0</license>' "$work/$name/$name.nuspec" || fail "$name names no licence"
    grep -q '<readme>README.md</readme>' "$work/$name/$name.nuspec" || fail "$name names no readme"
    if grep -aq "$PWD" "$work/$name/lib/net10.0/$name.dll"; then
        fail "$name.dll holds the path of this checkout"
    fi
done
if grep -q '<dependency ' "$work/Bytemill.Tokenization/Bytemill.Tokenization.nuspec"; then
    fail "Bytemill.Tokenization depends on another package"
fi
dependencies=$(grep -o '<dependency id="[^"]*"' "$work/Bytemill.MLTokenizers/Bytemill.MLTokenizers.nuspec" | sort | tr -d '\n')
[[ $dependencies == '<dependency id="Bytemill.Tokenization"<dependency id="Microsoft.ML.Tokenizers"' ]] ||
    fail "Bytemill.MLTokenizers depends on $dependencies"

# Twice the same sources, twice the same assembly.
mkdir "$work/again"
dotnet build src/Bytemill.Tokenization --configuration Release --no-incremental -p:Version=$version -p:ContinuousIntegrationBuild=true \
    --output "$work/again" --verbosity quiet
cmp "$work/again/Bytemill.Tokenization.dll" "$work/Bytemill.Tokenization/lib/net10.0/Bytemill.Tokenization.dll" || fail "two builds differ"

consumer() {
    local name=$1 sources=$2
    mkdir "$work/use-$name"
    cat >"$work/use-$name/use.csproj" <<EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <RestorePackagesPath>$work/packages</RestorePackagesPath>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="$name" Version="$version" /></ItemGroup>
</Project>
EOF
    cat >"$work/use-$name/Program.cs"
    printf '<configuration><packageSources>%s<add key="feed" value="%s" /></packageSources></configuration>\n' \
        "$sources" "$work/feed" >"$work/use-$name/nuget.config"
    dotnet run --project "$work/use-$name" || fail "a project that uses $name does not run"
}

vocabulary='Vocabulary.Create([.. Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(new[] { (byte)b }, 1L)), KeyValuePair.Create("the"u8.ToArray(), 9L)])'
consumer Bytemill.Tokenization '<clear />' <<EOF
using Bytemill.Tokenization;

var file = new MemoryStream();
ModelFile.Write(new TokenizerModel($vocabulary, new ModelOptions()), file);
file.Position = 0;
Tokenizer tokenizer = Tokenizer.Load(file);
int[] ids = tokenizer.Encode("the 文");
string text = tokenizer.DecodeToString(ids);
Console.WriteLine(\$"Bytemill.Tokenization from its package: {string.Join(' ', ids)} is '{text}'");
return ids is [259, 35, 233, 153, 138] && text == "the 文" ? 0 : 1;
EOF
consumer Bytemill.MLTokenizers '' <<EOF
using Bytemill.MLTokenizers;
using Bytemill.Tokenization;

Microsoft.ML.Tokenizers.Tokenizer tokenizer = new BytemillTokenizer(new Tokenizer(new TokenizerModel($vocabulary, new ModelOptions())));
IReadOnlyList<int> ids = tokenizer.EncodeToIds("the 文");
Console.WriteLine(\$"Bytemill.MLTokenizers from its package: {string.Join(' ', ids)} is '{tokenizer.Decode(ids)}'");
return tokenizer.Decode(ids) == "the 文" ? 0 : 1;
EOF
echo "check-package.sh: both packages are in order"
