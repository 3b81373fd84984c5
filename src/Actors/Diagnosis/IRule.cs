namespace ActorLoad.Diagnosis;

/// <summary>Recognises one cause of trouble by its traces. Pure: it reads only the evidence.</summary>
public interface IRule
{
    /// <summary>Its name in findings, such as <c>accept-queue-overflow</c>.</summary>
    string Name { get; }

    /// <summary>The finding; null without a trace in the evidence.</summary>
    Finding? Judge(Evidence evidence);
}
