// Writes one text column of Parquet files as JSON lines {"text": …}, for tools that do not read Parquet.
//
//   dotnet run scripts/parquet-to-jsonl.cs -- DIRECTORY COLUMN OUTPUT.jsonl
#:project ../src/Bytemill.Corpus/Bytemill.Corpus.csproj
#:property PublishAot=false

using System.Text.Encodings.Web;
using System.Text.Json;
using Bytemill.Corpus;

if (args.Length != 3)
{
    Console.Error.WriteLine("usage: dotnet run scripts/parquet-to-jsonl.cs -- DIRECTORY COLUMN OUTPUT.jsonl");
    return 2;
}

await using FileStream output = File.Create(args[2]);
JsonWriterOptions raw = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
foreach (string path in InputResolver.Resolve([args[0]]))
{
    await using TextColumnReader reader = await TextColumnReader.OpenAsync(path, args[1]);
    for (int group = 0; group < reader.RowGroupCount; group++)
    {
        using TextBatch batch = await reader.ReadRowGroupAsync(group);
        for (int row = 0; row < batch.RowCount; row++)
        {
            using (Utf8JsonWriter json = new(output, raw))
            {
                json.WriteStartObject();
                json.WriteString("text", batch[row]);
                json.WriteEndObject();
            }

            output.Write("\n"u8);
        }
    }
}

return 0;
