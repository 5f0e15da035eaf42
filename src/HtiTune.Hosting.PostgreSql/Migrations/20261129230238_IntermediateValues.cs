using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HtiTune.Hosting.PostgreSql.Migrations
{
    /// <inheritdoc />
    internal sealed partial class IntermediateValues : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "attempt_values",
                columns: table => new
                {
                    attempt_id = table.Column<Guid>(type: "uuid", nullable: false),
                    step = table.Column<long>(type: "bigint", nullable: false),
                    value = table.Column<double>(type: "double precision", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_attempt_values", x => new { x.attempt_id, x.step });
                    table.ForeignKey(
                        name: "FK_attempt_values_attempts_attempt_id",
                        column: x => x.attempt_id,
                        principalTable: "attempts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "attempt_values");
        }
    }
}
