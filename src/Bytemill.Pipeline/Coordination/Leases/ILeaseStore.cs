namespace Bytemill.Pipeline;

/// <summary>
/// Where leases are kept: all processes see the same of them, and each step is whole. A lease has an owner until it expires, by
/// the clock of the store.
/// </summary>
internal interface ILeaseStore
{
    /// <summary>Takes a lease that nobody has, that has expired, or that the owner has already.</summary>
    /// <returns>Whether the owner has it now, for <paramref name="time"/>.</returns>
    Task<bool> TakeAsync(string name, string owner, TimeSpan time, CancellationToken cancellation);

    /// <summary>Goes on with a lease that has not expired. One that has must be taken anew: another may have had it meanwhile.</summary>
    /// <returns>Whether the owner still has it.</returns>
    Task<bool> RenewAsync(string name, string owner, TimeSpan time, CancellationToken cancellation);

    /// <summary>Gives a lease back; one that the owner does not have is left alone.</summary>
    Task ReleaseAsync(string name, string owner, CancellationToken cancellation);
}
