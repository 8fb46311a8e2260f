using System.Text.Json;
using Bytemill.Web.Api;

namespace Bytemill.App;

/// <summary>Writes what happened to one job, a line for each event.</summary>
internal sealed class LogsCommand : OneJobQuestion<LogsSettings>
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    protected override async Task<int> AskAsync(IClusterClient client, JobDetails job, LogsSettings settings, CancellationToken cancellation)
    {
        long after = 0;
        long epoch = 0;
        DateTimeOffset? last = null;
        while (true)
        {
            // Looked at first: what happens until it is over is then among the events.
            bool isOver = (await client.FindAsync(job.Job.Id, cancellation).ConfigureAwait(false))?.Job.IsOver ?? true;
            EventList events;
            do
            {
                events = await client.EventsAsync(job.Job.Id, after, epoch, cancellation).ConfigureAwait(false);
                bool isAnew = epoch != 0 && events.Epoch != epoch;
                foreach (EventInfo happened in events.Events)
                {
                    // Another coordinator tells everything again.
                    if (!isAnew || last is null || happened.At > last)
                    {
                        await Console.Out.WriteLineAsync(settings.Json ? JsonSerializer.Serialize(happened, BytemillJson.Default.EventInfo) : happened.ToLine()).ConfigureAwait(false);
                        last = happened.At ?? last;
                    }
                }

                epoch = events.Epoch;
                after = events.Events.IsEmpty ? after : events.Events[^1].Sequence;
            }
            while (!events.Events.IsEmpty && after < events.LastSequence);
            if (isOver || !settings.Follow)
            {
                return ExitCodes.Done;
            }

            await Task.Delay(s_interval, cancellation).ConfigureAwait(false);
        }
    }
}
