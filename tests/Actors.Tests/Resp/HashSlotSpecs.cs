using System.Text;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Resp;

public class HashSlotSpecs
{
    // As CLUSTER KEYSLOT tells.
    [Theory]
    [InlineData("", 0)]
    [InlineData("123456789", 12739)] // the check value of CRC16/XMODEM
    [InlineData("foo", 12182)]
    [InlineData("somekey", 11058)]
    [InlineData("foo{hash_tag}", 2515)]
    [InlineData("bar{hash_tag}", 2515)]
    [InlineData("hash_tag", 2515)]
    public void Slot_is_that_of_the_specification(string key, int slot) => Assert.Equal(slot, Slot(key));

    [Theory]
    [InlineData("{user1000}.following", "user1000")]
    [InlineData("{user1000}.followers", "user1000")]
    [InlineData("foo{{bar}}zap", "{bar")]
    [InlineData("foo{bar}{zap}", "bar")]
    public void Only_the_hash_tag_of_a_key_counts(string key, string tag) => Assert.Equal(Slot(tag), Slot(key));

    [Theory]
    [InlineData("foo{}{bar}", "bar")]
    [InlineData("foo{bar", "bar")]
    [InlineData("foo}bar{", "bar")]
    public void Braces_without_a_tag_are_part_of_the_key(string key, string notTag) => Assert.NotEqual(Slot(notTag), Slot(key));

    [Property]
    public void Slot_is_one_of_16384(byte[] key) => Assert.InRange(HashSlot.Of(key), 0, HashSlot.Count - 1);

    [Fact]
    public void Set_of_slots_holds_its_ranges_and_nothing_else()
    {
        var slots = new SlotSet([(0, 2), (100, 100), (2, 3), (16383, 99999)]);

        Assert.Equal([0, 1, 2, 3, 100, 16383], Enumerable.Range(0, HashSlot.Count).Where(slots.Contains));
        Assert.Equal(6, slots.Count);
    }

    private static int Slot(string key) => HashSlot.Of(Encoding.UTF8.GetBytes(key));
}
