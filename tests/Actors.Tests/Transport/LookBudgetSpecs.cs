using ActorLoad.Transport.Sockets;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class LookBudgetSpecs
{
    private LookBudget _budget = new(600);

    [Fact]
    public void Budget_is_spent_after_a_fixed_amount_of_work()
    {
        for (var piece = 0; piece < LookBudget.Work; piece++)
        {
            Assert.False(_budget.IsSpent);
            _budget.Did();
        }

        Assert.True(_budget.IsSpent);
        _budget.Renew();
        Assert.False(_budget.IsSpent);
    }

    [Fact]
    public void Budget_is_spent_after_the_time_of_a_few_pieces()
    {
        _budget.Saw(1_000);
        _budget.Saw(1_600);
        Assert.False(_budget.IsSpent);
        _budget.Saw(1_601);
        Assert.True(_budget.IsSpent);
    }

    [Fact]
    public void Idle_time_is_not_spent_from_the_budget()
    {
        _budget.Saw(1_000);
        _budget.IsIdle();
        _budget.Saw(9_000);
        Assert.False(_budget.IsSpent);
    }
}
