namespace Bytemill.Pipeline;

/// <summary>Which part of the pipeline a job goes through.</summary>
public enum JobMode
{
    /// <summary>Train a vocabulary on the corpus, then tokenize the corpus with it.</summary>
    Run = 0,

    /// <summary>Train only.</summary>
    Train = 1,

    /// <summary>Tokenize only, with a model that exists.</summary>
    Tokenize = 2,
}
