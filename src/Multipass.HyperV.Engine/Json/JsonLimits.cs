namespace Multipass.HyperV.Json;

/// <summary>How large a JSON text may be. The limits bound the time and the memory a damaged or hostile text can cost.</summary>
public sealed class JsonLimits
{
    /// <summary>The limits a reader uses when it is given no others.</summary>
    public static JsonLimits Default { get; } = new();

    /// <summary>
    /// How many objects and arrays may be open inside one another: 64 by default.
    /// Far more than a document written for a purpose needs, and few enough that code which walks the tree by recursion stays within its stack.
    /// </summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>
    /// How many characters (UTF-16 units) the text may have: 16 Mi by default.
    /// A list of thousands of instances fits well within that, and bytes picked by mistake, such as a disk image, are refused before they are decoded.
    /// </summary>
    public int MaxCharacters { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// How many values the text may hold, counting each object, array and scalar: 1 Mi by default.
    /// A value takes some hundred bytes of memory but as little as two characters of text, so the length of the text alone does not bound the tree.
    /// </summary>
    public int MaxValues { get; init; } = 1024 * 1024;

    /// <summary>
    /// How many characters one key, one string or the text of one number may have: 1 Mi by default.
    /// The longest strings expected are whole cloud-init documents, which are far shorter; code that copies or prints a string need not fear more.
    /// </summary>
    public int MaxStringLength { get; init; } = 1024 * 1024;
}
