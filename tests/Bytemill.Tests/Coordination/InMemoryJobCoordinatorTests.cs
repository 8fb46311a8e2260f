using Bytemill.Pipeline;

namespace Bytemill.Tests;

public sealed class InMemoryJobCoordinatorTests() : JobCoordinatorTests(new JournalLocation.InMemory(), JobCoordinator.EventsBetweenSnapshots);
