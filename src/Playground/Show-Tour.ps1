<#
.SYNOPSIS
    Plays a script as if somebody typed it: comments are told, statements are shown after a prompt and run.
.DESCRIPTION
    Each "# expect: CONDITION" after a statement must then be true. What goes wrong on purpose is part of the story;
    only a broken expectation makes the tour fail.
#>
param([string] $TourPath = (Join-Path $PSScriptRoot 'tour.ps1'))

$tourTokens = $tourErrors = $null
$tourScript = [System.Management.Automation.Language.Parser]::ParseFile($TourPath, [ref] $tourTokens, [ref] $tourErrors)
if ($tourErrors) {
    [Console]::Error.WriteLine("${TourPath}: $($tourErrors[0].Message)")
    exit 1
}

# What is between two places of the script: narration, or expectations.
function Select-TourComment([int] $From, [int] $Until, [switch] $Expected) {
    $tourTokens | Where-Object { $_.Kind -eq 'Comment' -and $_.Extent.StartOffset -ge $From -and $_.Extent.StartOffset -lt $Until -and $_.Text.StartsWith('# expect:') -eq $Expected }
}

# The paths in the script are those that somebody at the top of the repository would type.
Set-Location -LiteralPath (Get-Module Multipass.HyperV).Path.Replace([IO.Path]::Combine('', 'module', 'bin', 'Multipass.HyperV.dll'), '')
$Error.Clear()
$tourPlace = 0
$tourLast = ''
$tourBroken = @()
foreach ($tourStatement in $tourScript.EndBlock.Statements) {
    $tourLine = 0
    foreach ($tourComment in Select-TourComment $tourPlace $tourStatement.Extent.StartOffset) {
        # Paragraphs stay apart from each other and from the output above.
        if ($tourComment.Extent.StartLineNumber -gt $tourLine + 1 -and ($tourLine -or $tourLast)) {
            Write-Host
        }

        Write-Host ($PSStyle.Foreground.Cyan + $tourComment.Text.TrimStart('#').Trim() + $PSStyle.Reset)
        $tourLine = $tourComment.Extent.EndLineNumber
    }

    $tourPrompt = 'PS> '
    foreach ($tourLine in $tourStatement.Extent.Text -split '\r?\n') {
        Write-Host ($tourPrompt + $PSStyle.Bold + $tourLine + $PSStyle.BoldOff)
        $tourPrompt = '>>  '
    }

    # Where the output goes into a file, the errors are part of the story too, at their place in it.
    $tourBlock = [scriptblock]::Create($tourStatement.Extent.Text)
    if ([Console]::IsOutputRedirected) {
        . $tourBlock 2>&1 | Out-String -Stream | ForEach-Object { ($tourLast = $_) }
    }
    else {
        . $tourBlock 2>&1 | Out-Default
        $tourLast = 'unknown'
    }

    $tourPlace = $tourStatement.Extent.EndOffset
    $tourNext = $tourScript.EndBlock.Statements.Where{ $_.Extent.StartOffset -gt $tourPlace }.Extent.StartOffset
    foreach ($tourComment in Select-TourComment $tourPlace $(if ($tourNext) { $tourNext[0] } else { [int]::MaxValue }) -Expected) {
        $tourCondition = $tourComment.Text.Substring('# expect:'.Length)
        if (-not (. ([scriptblock]::Create($tourCondition)))) {
            $tourBroken += $tourCondition
        }
    }
}

foreach ($tourCondition in $tourBroken) {
    [Console]::Error.WriteLine("The tour did not go as its script expects. Not true:$tourCondition")
}

exit [int] ($tourBroken.Count -gt 0)
