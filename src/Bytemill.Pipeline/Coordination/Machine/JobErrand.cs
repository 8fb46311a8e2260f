namespace Bytemill.Pipeline;

/// <summary>What a job waits for before anything more can be decided of it. Only one at a time.</summary>
internal enum JobErrand
{
    None,
    Planning,
    CheckingAttempts,
    LookingForDamage,
    WritingManifest,
    CleaningUp,
}
