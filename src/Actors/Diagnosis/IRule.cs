namespace ActorLoad.Diagnosis;

/// <summary>Knows one cause of trouble by its traces. Pure; looks at nothing but the evidence.</summary>
public interface IRule
{
    /// <summary>Its name in findings, such as <c>accept-queue-overflow</c>.</summary>
    string Name { get; }

    /// <summary>The finding; null if the evidence has no trace of it.</summary>
    Finding? Judge(Evidence evidence);
}
