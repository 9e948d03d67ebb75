/** A token that was looked at and found bad; its holder is told no more than that. The message never quotes a claim. */
export class TokenRefused extends Error {
  override readonly name = "TokenRefused";
}
