namespace Multipass.HyperV.Failures;

/// <content>Facts that speak for or against several causes.</content>
internal static partial class FailureCatalogue
{
    // A class of its own: the order in which the parts of the other are initialised is not defined.
    private static class Seen
    {
        public static readonly Observation OtherDevice = new("a device is named that is neither disk, adapter, memory nor firmware", FactKinds.Devices, failure => failure.NamesOtherDevice);

        public static readonly Observation Adapter = new("a network adapter is named", FactKinds.Devices, failure => failure.NamesAdapter);

        public static readonly Observation FilesThere = new("all its files are there", FactKinds.Files, failure => failure.Facts.AreFilesThere && !failure.NamesOtherFile);

        public static readonly Observation FileMissing = new("one of its files is missing", FactKinds.Files, failure => failure.Facts.IsFileMissing);
    }
}
