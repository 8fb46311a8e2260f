using System.Globalization;

namespace Bytemill.Corpus;

/// <summary>One element of a file's schema with what lies below it.</summary>
internal sealed class SchemaNode
{
    private SchemaNode(ThriftStruct element, SchemaNode? parent)
    {
        Element = element;
        Parent = parent;
        Name = element.Text(FooterFields.Schema.Name) ?? throw new ThriftFormatException("a column has no name");
        long repetition = element.Integer(FooterFields.Schema.Repetition) ?? 0;
        Repetition = repetition is >= 0 and <= 2
            ? (Repetition)repetition
            : throw new ThriftFormatException($"column '{Name}' has repetition {repetition}");
        if (parent is not null)
        {
            MaxDefinitionLevel = parent.MaxDefinitionLevel + (Repetition == Repetition.Required ? 0 : 1);
            MaxRepetitionLevel = parent.MaxRepetitionLevel + (Repetition == Repetition.Repeated ? 1 : 0);
        }
    }

    public ThriftStruct Element { get; }

    public SchemaNode? Parent { get; }

    public string Name { get; }

    public Repetition Repetition { get; }

    public int MaxDefinitionLevel { get; }

    public int MaxRepetitionLevel { get; }

    public List<SchemaNode> Children { get; } = [];

    /// <summary>Null for a group.</summary>
    public PhysicalType? Type { get; private set; }

    public bool IsLeaf => Type is not null;

    /// <summary>0-based index among the file's leaves, for a leaf.</summary>
    public int LeafIndex { get; private set; } = -1;

    /// <summary>Names from the top-level column down to this element.</summary>
    public string[] Path
    {
        get
        {
            List<string> names = [];
            for (SchemaNode? node = this; node?.Parent is not null; node = node.Parent)
            {
                names.Add(node.Name);
            }

            names.Reverse();
            return [.. names];
        }
    }

    public string DottedPath => string.Join('.', Path);

    /// <summary>Whether its bytes are meant as text: a byte array without a meaning of another kind.</summary>
    public bool IsText => Type == PhysicalType.ByteArray && TextOrBinaryName() is not null;

    /// <summary>Whether it maps keys to values.</summary>
    public bool IsMap => Type is null && (Logical(2) is not null || Converted is 1 or 2) && Children is [{ Repetition: Repetition.Repeated }];

    /// <summary>What a list is of; null for anything else.</summary>
    public SchemaNode? ListItem => Type is null && !IsMap && (Logical(3) is not null || Converted == 3) && Children is [{ Repetition: Repetition.Repeated } inner]
        ? inner.Children is [SchemaNode item] ? item : inner
        : null;

    /// <summary>Reads the flattened schema of a footer and appends its leaves, in order.</summary>
    /// <exception cref="ThriftFormatException">The elements do not form a tree.</exception>
    public static SchemaNode ReadTree(IReadOnlyList<ThriftStruct> elements, List<SchemaNode> leaves)
    {
        if (elements.Count == 0)
        {
            throw new ThriftFormatException("the schema is empty");
        }

        int next = 0;
        SchemaNode root = Read(elements, ref next, parent: null, leaves, depth: 0);
        return next == elements.Count ? root : throw new ThriftFormatException("the schema has elements outside its tree");
    }

    /// <summary>Its type for people.</summary>
    public string Describe()
    {
        if (Repetition == Repetition.Repeated)
        {
            return $"list<{DescribeOnce()}>";
        }

        return DescribeOnce();
    }

    private static SchemaNode Read(
        IReadOnlyList<ThriftStruct> elements, ref int next, SchemaNode? parent, List<SchemaNode> leaves, int depth)
    {
        if (next >= elements.Count)
        {
            throw new ThriftFormatException("the schema announces more columns than it has");
        }

        if (depth > 100)
        {
            throw new ThriftFormatException("the schema is nested too deep");
        }

        ThriftStruct element = elements[next++];
        SchemaNode node = new(element, parent);
        long children = element.Integer(FooterFields.Schema.Children) ?? 0;
        long? type = element.Integer(FooterFields.Schema.Type);
        if (parent is not null && children == 0)
        {
            node.Type = type is >= 0 and <= 7
                ? (PhysicalType)type
                : throw new ThriftFormatException(
                    $"column '{node.Name}' has physical type {type?.ToString(CultureInfo.InvariantCulture) ?? "none"}");
            node.LeafIndex = leaves.Count;
            leaves.Add(node);
        }

        for (long i = 0; i < children; i++)
        {
            node.Children.Add(Read(elements, ref next, node, leaves, depth + 1));
        }

        return node;
    }

    private string DescribeOnce()
    {
        if (Type is PhysicalType type)
        {
            return TextOrBinaryName() ?? NumberName(type);
        }

        bool isList = Logical(3) is not null || Converted == 3;
        bool isMap = Logical(2) is not null || Converted is 1 or 2;
        if (Children is [{ Repetition: Repetition.Repeated } inner] && (isList || isMap))
        {
            if (isMap && inner.Children is [SchemaNode key, SchemaNode value])
            {
                return $"map<{key.Describe()}, {value.Describe()}>";
            }

            return inner.Children is [SchemaNode item] ? $"list<{item.Describe()}>" : $"list<{inner.DescribeOnce()}>";
        }

        return $"struct<{string.Join(", ", Children.Select(child => $"{child.Name}: {child.Describe()}"))}>";
    }

    private long? Converted => Element.Integer(FooterFields.Schema.Converted);

    private ThriftStruct? Logical(short kind) => Element.Struct(FooterFields.Schema.Logical)?.Struct(kind);

    // Null for a byte array that holds numbers or another format, and for every other type.
    private string? TextOrBinaryName()
    {
        if (Type != PhysicalType.ByteArray)
        {
            return null;
        }

        ThriftStruct? logical = Element.Struct(FooterFields.Schema.Logical);
        short kind = logical?.Fields.FirstOrDefault().Key ?? 0;
        return (kind, Converted) switch
        {
            (1, _) or (0, 0) => "string",
            (4, _) or (0, 4) => "enum",
            (12, _) or (0, 19) => "json",
            (0, null) => "binary",
            _ => null,
        };
    }

    private string NumberName(PhysicalType type)
    {
        if (Logical(5) is not null || Converted == 5)
        {
            long precision = Logical(5)?.Integer(2) ?? Element.Integer(FooterFields.Schema.Precision) ?? 0;
            long scale = Logical(5)?.Integer(1) ?? Element.Integer(FooterFields.Schema.Scale) ?? 0;
            return FormattableString.Invariant($"decimal({precision}, {scale})");
        }

        if (Logical(10) is ThriftStruct integer)
        {
            string sign = integer.Boolean(2) == false ? "u" : "";
            return FormattableString.Invariant($"{sign}int{integer.Integer(1)}");
        }

        if (Logical(8) is ThriftStruct timestamp)
        {
            return $"timestamp[{Unit(timestamp)}{(timestamp.Boolean(1) == true ? ", UTC" : "")}]";
        }

        if (Logical(7) is ThriftStruct time)
        {
            return $"time[{Unit(time)}]";
        }

        if (Logical(6) is not null || Converted == 6)
        {
            return "date";
        }

        return (Converted, type) switch
        {
            (7, _) => "time[ms]",
            (8, _) => "time[us]",
            (9, _) => "timestamp[ms, UTC]",
            (10, _) => "timestamp[us, UTC]",
            ( >= 11 and <= 14, _) => FormattableString.Invariant($"uint{8 << (int)(Converted - 11)}"),
            ( >= 15 and <= 18, _) => FormattableString.Invariant($"int{8 << (int)(Converted - 15)}"),
            (20, _) => "bson",
            (21, _) => "interval",
            (_, PhysicalType.Boolean) => "bool",
            (_, PhysicalType.Int32) => "int32",
            (_, PhysicalType.Int64) => "int64",
            (_, PhysicalType.Int96) => "timestamp[int96]",
            (_, PhysicalType.Float) => "float",
            (_, PhysicalType.Double) => "double",
            (_, PhysicalType.FixedLengthByteArray) when Logical(14) is not null => "uuid",
            (_, PhysicalType.FixedLengthByteArray) when Logical(15) is not null => "float16",
            (_, PhysicalType.FixedLengthByteArray) =>
                FormattableString.Invariant($"binary({Element.Integer(FooterFields.Schema.TypeLength)})"),
            _ => "bytes of an unknown kind",
        };
    }

    // TimeUnit is a union: 1 milliseconds, 2 microseconds, 3 nanoseconds.
    private static string Unit(ThriftStruct time) =>
        (time.Struct(2)?.Fields.FirstOrDefault().Key ?? 0) switch { 1 => "ms", 2 => "us", 3 => "ns", _ => "?" };
}
