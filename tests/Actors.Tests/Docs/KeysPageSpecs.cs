using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Actors.Tests.Docs;

public sealed class KeysPageSpecs
{
    // With 1 the page is written and not compared.
    private const string WriteDocs = "ACTORLOAD_WRITE_DOCS";

    [Fact]
    public void Keys_page_equals_the_keys_of_reference_conf()
    {
        var path = Path.Combine(Sources.Root, "docs", "run-files.md");
        var page = File.ReadAllText(path);
        var made = KeysPage.Put(page, KeysPage.Of(File.ReadAllText(Path.Combine(Sources.Root, "src", "Actors", "reference.conf"))));
        if (Environment.GetEnvironmentVariable(WriteDocs) == "1")
        {
            File.WriteAllText(path, made);
        }
        else
        {
            Assert.Equal(made, page);
        }
    }

    [Fact]
    public void Keys_page_has_a_row_for_each_key_and_for_a_block_without_comments() => Assert.Equal(
        """

        ### a

        About a, and more.

        - `one`: First item.
        - `two`: Second.

        | key | default | meaning |
        |---|---|---|
        | `a.hold` | `0s` | How &lt;long>. 0s to 1d. |
        | `a.refused` | `directive = stop, backoff { min = 1s }` | Cause.<br>`x`: Of it.<br>The end. |
        | `a.watch` |  | Who watches. |
        | `a.watch.enabled` | `on` | on or off. |

        ### seed

        | key | default | meaning |
        |---|---|---|
        | `seed` | `1` | 2 \* 3, a \| b, \\x. |

        """,
        KeysPage.Of("""
            # Of the file.

            # Of the whole.
            actorload {

              # About a,
              # and more.
              #   one    First
              #          item.
              #   two    Second.
              a {
                # How <long>. 0s to 1d.
                hold = 0s

                # Cause.
                #   x      Of it.
                # The end.
                refused {
                  directive = stop
                  backoff { min = 1s }
                }

                # Who watches.
                watch {
                  # on or off.
                  enabled = on
                }
              }

              # 2 * 3, a | b, \x.
              seed = 1
            }
            """));

    [Fact]
    public void Key_list_is_replaced_between_its_markers() =>
        Assert.Equal("a\n<!-- keys -->\n\nnew\n\n<!-- /keys -->\nb\n", KeysPage.Put("a\n<!-- keys -->\nold\n<!-- /keys -->\nb\n", "\nnew\n"));
}
