#!/usr/bin/env bash
# Packs the libraries and uses them as others do: a new console project for each, which gets them from a folder and has nothing else
# of ours. Bytemill.Tokenization must restore without any other source. Needs nothing but the SDK and, for the adapter, the usual
# package source. Leaves nothing behind.
set -euo pipefail

cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
work=$(mktemp -d "${TMPDIR:-/tmp}/bytemill-package.XXXXXX")
trap 'rm -rf "$work"' EXIT
version=0.0.0-check

fail() {
    echo "check-package.sh: $*" >&2
    exit 1
}

# Runs its arguments and shows what they say only if they fail.
quietly() {
    local words
    words=$("$@" 2>&1) || fail "failed: $*"$'\n'"$words"
}

for name in Bytemill.Tokenization Bytemill.MLTokenizers; do
    quietly dotnet pack "src/$name" --configuration Release --output "$work/feed" -p:Version=$version -p:ContinuousIntegrationBuild=true
    [[ -f $work/feed/$name.$version.nupkg ]] || fail "no package of $name"
    [[ -s $work/feed/$name.$version.snupkg ]] || fail "no symbols for $name"
done

# A project that uses package $1, from the sources $2 and the folder; its program is standard input.
consumer() {
    local name=$1 sources=$2 use=$work/use-$1
    mkdir "$use"
    cat >"$use/use.csproj" <<EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <RestorePackagesPath>$work/packages</RestorePackagesPath>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="$name" Version="$version" /></ItemGroup>
</Project>
EOF
    cat >"$use/Program.cs"
    printf '<configuration><packageSources>%s<add key="feed" value="%s" /></packageSources></configuration>\n' \
        "$sources" "$work/feed" >"$use/nuget.config"
    quietly dotnet build "$use"
    dotnet run --project "$use" --no-build || fail "a project that uses $name does not run"
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

# What those projects got, unpacked by the package manager.
for name in Bytemill.Tokenization Bytemill.MLTokenizers; do
    package=$work/packages/${name,,}/$version
    for file in README.md NOTICE "lib/net10.0/$name.dll" "lib/net10.0/$name.xml"; do
        [[ -s $package/$file ]] || fail "$name has no $file"
    done
    nuspec=$package/${name,,}.nuspec
    for field in '<license type="expression">Apache-2.0</license>' '<readme>README.md</readme>' '<description>' '<authors>' '<tags>'; do
        grep -q "$field" "$nuspec" || fail "the description of $name has no $field"
    done
    ! grep -q '](\.\|](docs/' "$package/README.md" || fail "README.md of $name has a link into the repository, which a package is not in"
    ! grep -aq "$PWD" "$package/lib/net10.0/$name.dll" || fail "$name.dll holds the path of this checkout"
done
! grep -q '<dependency ' "$work/packages/bytemill.tokenization/$version/bytemill.tokenization.nuspec" || fail "Bytemill.Tokenization depends on another package"
dependencies=$(grep -o '<dependency id="[^"]*"' "$work/packages/bytemill.mltokenizers/$version/bytemill.mltokenizers.nuspec" | sort | tr -d '\n')
[[ $dependencies == '<dependency id="Bytemill.Tokenization"<dependency id="Microsoft.ML.Tokenizers"' ]] ||
    fail "Bytemill.MLTokenizers depends on $dependencies"

# Twice the same sources, twice the same assembly.
quietly dotnet build src/Bytemill.Tokenization --configuration Release --no-incremental -p:Version=$version -p:ContinuousIntegrationBuild=true \
    --output "$work/again"
cmp "$work/again/Bytemill.Tokenization.dll" "$work/packages/bytemill.tokenization/$version/lib/net10.0/Bytemill.Tokenization.dll" ||
    fail "two builds of Bytemill.Tokenization differ"
echo "check-package.sh: both packages are in order"
